package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"extauthz/authz"
	"extauthz/store"
)

// The permissions on a workspace as a whole, as MLflow up to 3.12 has them for users; from 3.13 on they are the roles'. Both see each other's.

type byWorkspace struct {
	Workspace string `json:"workspace_name" api:"required,min=2,max=63"`
	extra
}

type workspaceKey struct {
	byWorkspace
	Username string `json:"username" api:"required,name"`
}

type workspaceGrant struct {
	workspaceKey
	Permission string `json:"permission" api:"required,enum=USE|MANAGE|NO_PERMISSIONS"`
}

// upTo312 speaks of workspaces as those releases do, but for READ and EDIT on one: MLflow itself has given them up, and they would have to
// mean something for everything in the workspace.
var upTo312 = dialect{kind: "Workspace", workspace: true}

// mayGrantIn holds for who manages the workspace, and only while MLflow has workspaces.
func (o *operations) mayGrantIn(ctx context.Context, c caller, in byWorkspace) error {
	return cmp.Or(o.mustManage(ctx, c, in.Workspace), o.mustHaveWorkspaces(), in.refuse(), checkWorkspace(in.Workspace))
}

func (o *operations) mustHaveWorkspaces() error {
	if o.workspaces {
		return nil
	}
	return &failure{
		status: http.StatusServiceUnavailable, code: "FEATURE_DISABLED",
		text: "The server is running without workspaces support. To enable workspaces, run `mlflow server` and extauthz with them.",
	}
}

func (o *operations) listWorkspaceGrants(ctx context.Context, c caller, in byWorkspace) ([]store.Grant, error) {
	if err := o.mayGrantIn(ctx, c, in); err != nil {
		return nil, err
	}
	var all []store.Grant
	for g, err := range o.store.GrantsOn(ctx, authz.WorkspaceNamed(in.Workspace)) {
		if err != nil {
			return nil, err
		}
		_, err := o.store.UserByID(ctx, g.Holder)
		if errors.Is(err, store.ErrNotFound) { // a role's
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// setWorkspaceGrant creates or changes, as MLflow's does.
func (o *operations) setWorkspaceGrant(ctx context.Context, c caller, in workspaceGrant) (store.Grant, error) {
	if err := cmp.Or(o.mayGrantIn(ctx, c, in.byWorkspace), named("username", in.Username), required("permission", in.Permission)); err != nil {
		return store.Grant{}, err
	}
	level, err := upTo312.parse(in.Permission)
	if err != nil {
		return store.Grant{}, err
	}
	u, err := o.user(ctx, in.Username)
	if err != nil {
		return store.Grant{}, err
	}
	g := store.Grant{Holder: u.ID, Resource: authz.WorkspaceNamed(in.Workspace), Permission: level}
	if _, err := o.store.SetGrant(ctx, g); err != nil {
		return store.Grant{}, userFailure(in.Username, err)
	}
	o.logGrant(ctx, "permission set", c, in.Username, g)
	return g, nil
}

func (o *operations) deleteWorkspaceGrant(ctx context.Context, c caller, in workspaceKey) (nothing, error) {
	if err := cmp.Or(o.mayGrantIn(ctx, c, in.byWorkspace), named("username", in.Username)); err != nil {
		return nothing{}, err
	}
	u, err := o.user(ctx, in.Username)
	if err != nil {
		return nothing{}, err
	}
	g := store.Grant{Holder: u.ID, Resource: authz.WorkspaceNamed(in.Workspace)}
	if err := o.store.DeleteGrant(ctx, g.Holder, g.Resource); errors.Is(err, store.ErrNotFound) {
		return nothing{}, absent("Workspace permission does not exist for workspace=%s, username=%s", quote(in.Workspace), quote(in.Username))
	} else if err != nil {
		return nothing{}, err
	}
	o.logGrant(ctx, "permission revoked", c, in.Username, g)
	return nothing{}, nil
}

// listUserWorkspaceGrants is for admins, as in MLflow.
func (o *operations) listUserWorkspaceGrants(ctx context.Context, c caller, in byName) ([]store.Grant, error) {
	if err := cmp.Or(c.mustBeAdmin(), o.mustHaveWorkspaces(), in.refuse(), named("username", in.Username)); err != nil {
		return nil, err
	}
	u, err := o.user(ctx, in.Username)
	if err != nil {
		return nil, err
	}
	var all []store.Grant
	for g, err := range o.store.GrantsOf(ctx, u.ID) {
		if err != nil {
			return nil, err
		}
		if g.Resource.Kind == authz.Workspace {
			all = append(all, g)
		}
	}
	return all, nil
}
