package migrate

import (
	"fmt"

	"extauthz/authz"
	"extauthz/authz/mlflow"
	"extauthz/store"
)

// row is a row of one of the older tables, with what it is about. A name of a model is two resources when nobody tells whether it is a prompt's.
type row struct {
	Permission
	resources []authz.Resource
	there     bool // as far as is known
}

func (w *work) rows(t Tables) []row {
	var all []row
	one := func(rows []Permission, name func(Permission) authz.Resource) {
		for _, p := range rows {
			r := name(p)
			all = append(all, row{p, []authz.Resource{r}, !w.facts.gone(r)})
		}
	}
	one(t.Experiments, func(p Permission) authz.Resource { r, _ := w.facts.experiment(p.Experiment); return r })
	for _, p := range t.Models {
		found, there := w.facts.registered(space(p.Workspace), p.Name)
		all = append(all, row{p, found, there})
	}
	one(t.Scorers, func(p Permission) authz.Resource {
		r, _ := w.facts.experiment(p.Experiment)
		r.Kind, r.ID = authz.Scorer, mlflow.ScorerKey(p.Experiment, p.Scorer)
		return r
	})
	one(t.GatewaySecrets, func(p Permission) authz.Resource { return authz.InDefault(authz.GatewaySecret, p.GatewaySecret) })
	one(t.GatewayEndpoints, func(p Permission) authz.Resource { return authz.InDefault(authz.GatewayEndpoint, p.GatewayEndpoint) })
	one(t.GatewayModels, func(p Permission) authz.Resource {
		return authz.InDefault(authz.GatewayModelDefinition, p.GatewayModel)
	})
	return all
}

func (w *work) describe(userID int64, permission *string, r authz.Resource) string {
	who := fmt.Sprintf("user %d", userID)
	if p, ok := w.persons[userID]; ok {
		who = quote(p.is)
	} else if a, ok := w.left[userID]; ok {
		who = quote(a.name)
	}
	return fmt.Sprintf("%s of %s on %s %s%s", text(permission), who, r.Kind, quote(r.ID), elsewhere(r.Workspace))
}

func elsewhere(workspace string) string {
	if workspace == authz.DefaultWorkspace {
		return ""
	}
	return " in workspace " + workspace
}

// applyRows gives each user what the older tables say.
func (w *work) applyRows(t Tables) {
	doubled := 0
	for _, row := range w.rows(t) {
		what := w.describe(row.UserID, row.Permission.Permission, row.resources[0])
		holder, ok := w.holder(row.UserID, what)
		if !ok || !w.stands(row.resources[0], what, true) {
			continue
		}
		level := w.level(row.Permission.Permission, what)
		for _, r := range row.resources {
			w.give(holder, r, level)
		}
		doubled += len(row.resources) - 1
	}
	if doubled > 0 {
		w.found(Notice, fmt.Sprintf("%d permissions on registered models", doubled), "MLflow keeps models and prompts in one table, and nothing here tells them apart",
			"granted on the prompt of the same name, too; --tracking-store tells which it is")
	}
	for _, p := range t.Workspaces {
		w.workspaceRow(p)
	}
}

// workspaceRow is a permission on a whole workspace, which these releases let govern wherever the user has no permission of its own.
func (w *work) workspaceRow(p Permission) {
	workspace := authz.WorkspaceNamed(space(p.Workspace))
	what := w.describe(p.UserID, p.Permission, workspace)
	holder, ok := w.holder(p.UserID, what)
	if !ok {
		return
	}
	level := w.level(p.Permission, what)
	for at, own := range w.grants {
		if at.holder == holder && at.resource.Workspace == workspace.Workspace && at.resource.Kind != authz.Workspace && at.resource.ID != authz.AnyID {
			w.below(at, own, level)
		}
	}
	w.onWhole(holder, workspace, level)
}

// below sees to permissions that are lower than the workspace's. There is no grant that takes less than another gives, but for DENY.
func (w *work) below(at held, own, whole authz.Permission) {
	what := fmt.Sprintf("%s of %s on %s", own, quote(at.holder.Username), at.resource)
	switch {
	case own >= whole || own == authz.Deny:
	case whole == authz.Manage:
		w.found(Wider, what, "who has MANAGE on a workspace has it on everything in it", "becomes MANAGE, as in MLflow from 3.13 on")
	case own == authz.NoPermissions:
		w.grants[at] = authz.Deny
		w.found(Changed, what, fmt.Sprintf("%s on the whole workspace would be higher", whole), "becomes DENY")
	default:
		w.found(Wider, what, fmt.Sprintf("%s on the whole workspace is higher", whole), fmt.Sprintf("becomes %s, as in MLflow from 3.13 on", whole))
	}
}

// onWhole gives a level on a workspace: to be in it, and on everything of it.
func (w *work) onWhole(holder store.Holder, workspace authz.Resource, level authz.Permission) {
	if level == authz.Manage || level == authz.Deny {
		w.give(holder, workspace, level)
		return
	}
	w.give(holder, workspace, min(level, authz.Use))
	for _, kind := range inWorkspaces() {
		w.give(holder, authz.Resource{Kind: kind, Workspace: workspace.Workspace, ID: authz.AnyID}, level)
	}
}

// inWorkspaces are the kinds that the releases with workspace_permissions know.
func inWorkspaces() []authz.Kind {
	return []authz.Kind{
		authz.Experiment, authz.RegisteredModel, authz.Prompt, authz.Scorer, authz.GatewaySecret, authz.GatewayEndpoint, authz.GatewayModelDefinition,
	}
}
