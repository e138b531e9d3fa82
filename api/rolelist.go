package api

import (
	"cmp"
	"context"

	"extauthz/store"
)

// inWorkspaces scopes a listing. Without any it is about all of them.
type inWorkspaces struct {
	Workspaces []string `json:"workspace"`
	extra
}

// listRoles leaves the hidden roles of users out, which are none here. Listing all workspaces is for admins.
func (o *operations) listRoles(ctx context.Context, c caller, in inWorkspaces) ([]role, error) {
	if err := cmp.Or(o.mayList(ctx, c, in.Workspaces), in.refuse()); err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, workspace := range in.Workspaces {
		if err := required("workspace", workspace); err != nil {
			return nil, invalid("Parameter 'workspace' must be a non-empty string when provided.")
		}
		asked[workspace] = true
	}
	var listed []role
	for r, err := range o.store.Roles(ctx) {
		if err != nil {
			return nil, err
		}
		if len(asked) > 0 && !asked[r.Workspace] {
			continue
		}
		whole, err := o.whole(ctx, r)
		if err != nil {
			return nil, err
		}
		listed = append(listed, whole)
	}
	return listed, nil
}

func (o *operations) mayList(ctx context.Context, c caller, workspaces []string) error {
	if len(workspaces) == 0 {
		return c.mustBeAdmin()
	}
	for _, workspace := range workspaces {
		if err := o.seesRoles(ctx, c, workspace); err != nil {
			return err
		}
	}
	return nil
}

// listUserRoles shows the user and admins all of a user's roles, and who manages workspaces those in them. What is granted to the user
// directly is there as MLflow shows it: on a hidden role, with ids by which roles/permissions/update changes it.
func (o *operations) listUserRoles(ctx context.Context, c caller, in byName) ([]role, error) {
	a, err := o.shown(ctx, c, in)
	if err != nil {
		return nil, err
	}
	return append(a.hidden(), a.Roles...), nil
}

// hidden are the roles on which MLflow keeps what is granted to a user directly: one in each workspace.
func (a account) hidden() []role {
	var roles []role
	at := map[string]int{}
	for _, g := range a.Grants {
		i, known := at[g.Resource.Workspace]
		if !known {
			i = len(roles)
			at[g.Resource.Workspace] = i
			roles = append(roles, role{Role: store.Role{ID: a.ID, Workspace: g.Resource.Workspace, Name: hiddenRole(a.ID)}})
		}
		roles[i].Grants = append(roles[i].Grants, g)
	}
	return roles
}
