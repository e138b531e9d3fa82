package ownership

import (
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

// workspaceRoles are the two that MLflow makes for every new workspace, to be given to people: one for who administers it, one for who works
// in it (mlflow/server/auth, _DEFAULT_WORKSPACE_ROLES).
var workspaceRoles = []struct {
	name        string
	permission  authz.Permission
	description string
}{
	{"admin", authz.Manage, "Full MANAGE authority over the workspace."},
	{"user", authz.Use, "Use the workspace: create experiments, models and prompts in it, with MANAGE on what you create."},
}

// seed makes the roles of a new workspace, in one transaction. What has such a name already was made by somebody who knew what for.
func (t *Tracker) seed(ctx context.Context, workspace string) error {
	if t.BareWorkspaces {
		return nil
	}
	var s store.Snapshot
	for _, r := range workspaceRoles {
		_, err := t.store.RoleByName(ctx, workspace, r.name)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		s.Roles = append(s.Roles, store.Role{Workspace: workspace, Name: r.name, Description: r.description, CreatedAt: t.now()})
		s.Grants = append(s.Grants, store.NamedGrant{
			Holder:   store.Holder{Role: store.RoleName{Workspace: workspace, Name: r.name}},
			Resource: authz.WorkspaceNamed(workspace), Permission: r.permission,
		})
	}
	return t.store.Import(ctx, s)
}
