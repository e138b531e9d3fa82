package migrate

import (
	"extauthz/authz"
	"extauthz/store"
)

// restore brings back each NO_PERMISSIONS that MLflow's upgrade to 3.13 dropped, unless the user has been given something there since. The
// older tables are still in the database, as they were at the upgrade.
func (w *work) restore(t Tables) {
	for _, row := range w.rows(t) {
		if row.there && row.resources[0].ID != authz.AnyID && row.resources[0].ID != "" {
			w.restoreOne(row.Permission, row.resources)
		}
	}
	for _, p := range t.Workspaces {
		workspace := authz.WorkspaceNamed(space(p.Workspace))
		all := []authz.Resource{workspace}
		for _, kind := range inWorkspaces() {
			all = append(all, authz.Resource{Kind: kind, Workspace: workspace.Workspace, ID: authz.AnyID})
		}
		w.restoreOne(p, all)
	}
}

const lost = "MLflow's upgrade to 3.13 dropped it, so that the default permission took its place"

func (w *work) restoreOne(p Permission, resources []authz.Resource) {
	person, ok := w.persons[p.UserID]
	if !ok || text(p.Permission) != authz.NoPermissions.String() {
		return // what the upgrade carried over is a role's now; who is gone lost the rest as well
	}
	holder, what := store.Holder{Username: person.is}, w.describe(p.UserID, p.Permission, resources[0])
	if _, since := w.grants[held{holder, resources[0]}]; since {
		return
	}
	if w.options.KeepLost {
		w.found(LeftOut, what, lost, "left out, as --keep-lost says")
		return
	}
	w.found(Restored, what, lost, "restored; --keep-lost leaves it out")
	for _, r := range resources {
		if _, since := w.grants[held{holder, r}]; !since {
			w.give(holder, r, authz.NoPermissions)
		}
	}
}
