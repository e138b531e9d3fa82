package migrate

import (
	"fmt"

	"extauthz/authz"
	"extauthz/authz/mlflow"
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
	one(t.Experiments, func(p Permission) authz.Resource { return w.facts.named(authz.Experiment, p.Experiment) })
	for _, p := range t.Models {
		found, there := w.facts.registered(space(p.Workspace), p.Name)
		all = append(all, row{p, found, there})
	}
	one(t.Scorers, func(p Permission) authz.Resource {
		r := w.facts.named(authz.Experiment, p.Experiment)
		r.Kind, r.ID = authz.Scorer, mlflow.ScorerKey(p.Experiment, p.Scorer)
		return r
	})
	one(t.GatewaySecrets, func(p Permission) authz.Resource { return w.facts.named(authz.GatewaySecret, p.GatewaySecret) })
	one(t.GatewayEndpoints, func(p Permission) authz.Resource { return w.facts.named(authz.GatewayEndpoint, p.GatewayEndpoint) })
	one(t.GatewayModels, func(p Permission) authz.Resource { return w.facts.named(authz.GatewayModelDefinition, p.GatewayModel) })
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
