package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

type newRolePermission struct {
	byRole
	ResourceType    string     `json:"resource_type" api:"required"`
	ResourcePattern identifier `json:"resource_pattern" api:"required"`
	Permission      string     `json:"permission" api:"required,enum=READ|USE|EDIT|MANAGE|DENY"`
}

type byPermission struct {
	RolePermissionID number `json:"role_permission_id" api:"required"`
	extra
}

type changedRolePermission struct {
	byPermission
	Permission string `json:"permission" api:"required,enum=READ|USE|EDIT|MANAGE|DENY"`
}

// addRolePermission grants to a role, in the role's workspace.
func (o *operations) addRolePermission(ctx context.Context, c caller, in newRolePermission) (store.Grant, error) {
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err := cmp.Or(err, in.refuse()); err != nil {
		return store.Grant{}, err
	}
	resource, err := patternOf(r.Workspace, in.ResourceType, in.ResourcePattern)
	if err != nil {
		return store.Grant{}, err
	}
	level, err := levelOn(resource.Kind, in.Permission)
	if err != nil {
		return store.Grant{}, err
	}
	g := store.Grant{Holder: r.ID, Resource: resource, Permission: level}
	if err := o.store.CreateGrant(ctx, g); errors.Is(err, store.ErrExists) {
		return store.Grant{}, exists("Role permission (role_id=%d, resource_type=%s, resource_pattern=%s) already exists.", r.ID, resource.Kind, resource.ID)
	} else if err != nil {
		return store.Grant{}, roleFailure(r, err)
	}
	o.logRoleGrant(ctx, "role granted", c, g)
	return o.store.GrantAt(ctx, r.ID, resource)
}

// patternOf is resourceOf for roles, which may also be granted on their workspace as a whole.
func patternOf(workspace, resourceType string, pattern identifier) (authz.Resource, error) {
	var r authz.Resource
	var err error
	switch {
	case authz.Kind(resourceType) != authz.Workspace:
		r, err = resourceOf("resource_pattern", resourceType, pattern)
		r.Workspace = workspace
	case pattern.Text == "":
		err = required("resource_pattern", "")
	case pattern.Text != authz.AnyID:
		err = wholeOnly(authz.Workspace, pattern.Text)
	default:
		r = authz.WorkspaceNamed(workspace)
	}
	return r, err
}

// levelOn reads a permission that a role can have on that kind: a workspace knows two.
func levelOn(kind authz.Kind, permission string) (authz.Permission, error) {
	if err := required("permission", permission); err != nil {
		return authz.NoGrant, err
	}
	d := dialect{workspace: kind == authz.Workspace}
	return d.parse(permission)
}

// rolePermission finds a grant by its id, for who manages the workspace that it is in.
func (o *operations) rolePermission(ctx context.Context, c caller, n number) (store.Grant, error) {
	id, err := n.id("role_permission_id")
	if err := cmp.Or(c.mustBeUsable(), err); err != nil {
		return store.Grant{}, err
	}
	g, err := o.store.GrantByID(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) && c.Unbounded():
		return g, noPermission(id)
	case errors.Is(err, store.ErrNotFound):
		return g, notShown()
	case err != nil:
		return g, err
	default:
		return g, hiding(o.mustManage(ctx, c, g.Resource.Workspace))
	}
}

func noPermission(id uint64) error { return absent("Role permission with id=%d not found", id) }

func (o *operations) updateRolePermission(ctx context.Context, c caller, in changedRolePermission) (store.Grant, error) {
	g, err := o.rolePermission(ctx, c, in.RolePermissionID)
	if err := cmp.Or(err, in.refuse()); err != nil {
		return store.Grant{}, err
	}
	if g.Permission, err = levelOn(g.Resource.Kind, in.Permission); err != nil {
		return store.Grant{}, err
	}
	if err := o.store.UpdateGrant(ctx, g); errors.Is(err, store.ErrNotFound) {
		return store.Grant{}, noPermission(g.ID)
	} else if err != nil {
		return store.Grant{}, err
	}
	o.logRoleGrant(ctx, "role permission changed", c, g)
	return g, nil
}

func (o *operations) removeRolePermission(ctx context.Context, c caller, in byPermission) (nothing, error) {
	g, err := o.rolePermission(ctx, c, in.RolePermissionID)
	if err := cmp.Or(err, in.refuse()); err != nil {
		return nothing{}, err
	}
	if err := o.store.DeleteGrant(ctx, g.Holder, g.Resource); errors.Is(err, store.ErrNotFound) {
		return nothing{}, noPermission(g.ID)
	} else if err != nil {
		return nothing{}, err
	}
	o.logRoleGrant(ctx, "role permission removed", c, g)
	return nothing{}, nil
}

func (o *operations) logRoleGrant(ctx context.Context, what string, c caller, g store.Grant) {
	o.log.InfoContext(ctx, what, "by", c.Username, "role_id", g.Holder, "kind", string(g.Resource.Kind), "workspace", g.Resource.Workspace,
		"id", g.Resource.ID, "permission", g.Permission.String())
}
