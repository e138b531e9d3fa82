package migrate

import (
	"fmt"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

// placeless refuses to guess in which workspace things are when there are several: what is denied in one would be allowed in another.
func (w *work) placeless(t Tables) error {
	if len(t.Experiments)+len(t.Scorers)+len(t.GatewaySecrets)+len(t.GatewayEndpoints)+len(t.GatewayModels) == 0 || w.facts.places[authz.Experiment] != nil {
		return nil
	}
	for _, p := range slices.Concat(t.Workspaces, t.Models) {
		if space(p.Workspace) != authz.DefaultWorkspace {
			return fmt.Errorf("there are permissions in workspace %q, and this MLflow does not write down in which one an experiment is; its tracking server "+
				"knows: give --tracking-store, the URL that its --backend-store-uri has", space(p.Workspace))
		}
	}
	return nil
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
