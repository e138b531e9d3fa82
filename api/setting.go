package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

// holderKey names a user or a role by what the request gives: one of the two.
type holderKey struct {
	Username string `json:"username"`
	RoleID   number `json:"role_id"`
}

// settingKey says who has, or is to have, a permission on what.
type settingKey struct {
	holderKey
	ResourceType string     `json:"resource_type" api:"required"`
	ResourceID   identifier `json:"resource_id" api:"required"`
	extra
}

// newSetting is a permission as it is to be, whatever it was before.
type newSetting struct {
	settingKey
	Permission string `json:"permission" api:"required,enum=READ|USE|EDIT|MANAGE|NO_PERMISSIONS|DENY"`
}

// setting is a permission that was set or taken back. Before is NoGrant when there was none.
type setting struct {
	store.Grant
	Before authz.Permission
}

// setGrant grants, or changes what is granted, in one step. The same permission twice is no error: what MLflow's API needs a question and one
// of two calls for, a program that repeats itself says once.
func (o *operations) setGrant(ctx context.Context, c caller, in newSetting) (setting, error) {
	g, err := o.settingOf(ctx, c, in.settingKey)
	if err != nil {
		return setting{}, err
	}
	if g.Permission, err = levelOf(g.Resource.Kind, in.Permission); err != nil {
		return setting{}, err
	}
	before, err := o.store.SetGrant(ctx, g)
	if errors.Is(err, store.ErrNotFound) {
		err = absent("The user or the role is gone.")
	}
	if err == nil && before != g.Permission {
		o.logSetting(ctx, "permission set", c, g)
	}
	return setting{Grant: g, Before: before}, err
}

// unsetGrant takes a permission back, so that others or the default govern.
func (o *operations) unsetGrant(ctx context.Context, c caller, in settingKey) (setting, error) {
	g, err := o.settingOf(ctx, c, in)
	if err != nil {
		return setting{}, err
	}
	before, err := o.store.Permission(ctx, g.Holder, g.Resource)
	if err == nil {
		err = o.store.DeleteGrant(ctx, g.Holder, g.Resource)
	}
	if errors.Is(err, store.ErrNotFound) {
		err = absent("Nothing is granted on %s to that user or role directly.", g.Resource)
	}
	if err == nil {
		o.logSetting(ctx, "permission revoked", c, g)
	}
	return setting{Grant: g, Before: before}, err
}

// settingOf is whose permission it is and on what, once the caller may. A role's permissions lie in its own workspace.
func (o *operations) settingOf(ctx context.Context, c caller, in settingKey) (store.Grant, error) {
	if in.RoleID.Text == "" {
		on, err := patternOf(c.Workspace, in.ResourceType, in.ResourceID)
		if err := cmp.Or(c.mustBeUsable(), err); err != nil {
			return store.Grant{}, err
		}
		return o.find(ctx, c, grantInput{Username: in.Username, Resource: on, extra: in.extra}, nil)
	}
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err = cmp.Or(err, in.refuse()); err == nil && in.Username != "" {
		err = invalid("Give either 'username' or 'role_id'.")
	}
	if err != nil {
		return store.Grant{}, err
	}
	on, err := patternOf(r.Workspace, in.ResourceType, in.ResourceID)
	return store.Grant{Holder: r.ID, Resource: on}, err
}

// levelOf takes the words of both of MLflow's generations.
func levelOf(kind authz.Kind, permission string) (authz.Permission, error) {
	if err := required("permission", permission); err != nil {
		return authz.NoGrant, err
	}
	if kind == authz.Workspace {
		return upTo312.parse(permission)
	}
	level, err := authz.ParsePermission(permission)
	if err != nil {
		err = invalid("Invalid permission %s. Valid permissions are: READ, USE, EDIT, MANAGE, NO_PERMISSIONS, DENY", quote(permission))
	}
	return level, err
}

func (o *operations) logSetting(ctx context.Context, what string, c caller, g store.Grant) {
	o.log.InfoContext(ctx, what, "by", c.Username, "holder", g.Holder, "kind", string(g.Resource.Kind), "workspace", g.Resource.Workspace,
		"id", g.Resource.ID, "permission", g.Permission.String())
}

// settingObject says null for what was not granted before, or is not any more.
type settingObject struct {
	Before       *string `json:"before"`
	Permission   *string `json:"permission"`
	ResourceID   string  `json:"resource_id"`
	ResourceType string  `json:"resource_type"`
	Workspace    string  `json:"workspace"`
}

type settingAnswer struct {
	Permission settingObject `json:"permission"`
}

func oneSetting[In any](_ In, s setting) settingAnswer {
	return settingAnswer{settingObject{
		Before: levelOrNull(s.Before), Permission: levelOrNull(s.Permission),
		ResourceID: s.Resource.ID, ResourceType: string(s.Resource.Kind), Workspace: s.Resource.Workspace,
	}}
}

func levelOrNull(p authz.Permission) *string {
	if p == authz.NoGrant {
		return nil
	}
	name := p.String()
	return &name
}
