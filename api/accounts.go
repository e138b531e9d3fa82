package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// What administrators do with accounts that MLflow's API has no word for.

type newName struct {
	byName
	NewUsername string `json:"new_username" api:"required,min=1,max=128"`
}

// disabledFlag needs a pointer, as adminFlag does.
type disabledFlag struct {
	byName
	Disabled *bool `json:"disabled" api:"required"`
}

type roleDefault struct {
	byRole
	DefaultPermission *string `json:"default_permission" api:"enum=READ|USE|EDIT|MANAGE|NO_PERMISSIONS"`
}

// renameUser keeps everything else: the password, tokens, roles, and what is granted.
func (o *operations) renameUser(ctx context.Context, c caller, in newName) (store.User, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse(), named("username", in.Username), named("new_username", in.NewUsername),
		credential.CheckUsername(in.NewUsername)); err != nil {
		return store.User{}, err
	}
	o.creating.Lock()
	defer o.creating.Unlock()
	u, err := o.user(ctx, in.Username)
	if err := cmp.Or(err, o.free(ctx, in.NewUsername, u.ID)); err != nil {
		return store.User{}, err
	}
	u, err = o.store.RenameUser(ctx, in.Username, in.NewUsername)
	if errors.Is(err, store.ErrExists) {
		err = taken(in.NewUsername)
	}
	if err != nil {
		return store.User{}, userFailure(in.Username, err)
	}
	o.log.InfoContext(ctx, "user renamed", "by", c.Username, "user", in.Username, "to", u.Username, "id", u.ID)
	return u, nil
}

// updateDisabled locks an account or opens it again: with all that it has, it cannot sign in meanwhile.
func (o *operations) updateDisabled(ctx context.Context, c caller, in disabledFlag) (store.User, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse(), named("username", in.Username)); err != nil {
		return store.User{}, err
	}
	if in.Disabled == nil {
		return store.User{}, required("disabled", "")
	}
	if c.is(in.Username) && *in.Disabled {
		return store.User{}, badRequest("Users cannot disable their own account. Ask another admin to do it instead.")
	}
	u, err := o.store.UpdateUser(ctx, in.Username, func(u *store.User) error {
		u.Disabled = *in.Disabled
		return nil
	})
	if err != nil {
		return store.User{}, userFailure(in.Username, err)
	}
	o.log.InfoContext(ctx, "user disabled or enabled", "by", c.Username, "user", u.Username, "id", u.ID, "disabled", u.Disabled)
	return u, nil
}

// createServiceAccount makes an account for a program, which never has a password.
func (o *operations) createServiceAccount(ctx context.Context, c caller, in byName) (store.User, error) {
	if err := cmp.Or(c.mustBeAdmin(), in.refuse(), named("username", in.Username), credential.CheckUsername(in.Username)); err != nil {
		return store.User{}, err
	}
	u, err := o.insert(ctx, store.User{Username: in.Username, ServiceAccount: true, CreatedAt: o.now()})
	if err == nil {
		o.log.InfoContext(ctx, "service account created", "by", c.Username, "user", u.Username, "id", u.ID)
	}
	return u, err
}

// updateRoleDefault sets what takes the place of the service's default permission for who has the role, in all workspaces: that is an
// admin's to decide. null takes it back.
func (o *operations) updateRoleDefault(ctx context.Context, c caller, in roleDefault) (role, error) {
	if err := c.mustBeAdmin(); err != nil {
		return role{}, err
	}
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err := cmp.Or(err, in.refuse()); err != nil {
		return role{}, err
	}
	level := authz.NoGrant
	if in.DefaultPermission != nil {
		if level, err = defaults.parse(*in.DefaultPermission); err != nil {
			return role{}, err
		}
	}
	r, err = o.store.UpdateRole(ctx, r.ID, func(r *store.Role) error {
		r.Default = level
		return nil
	})
	if err != nil {
		return role{}, roleFailure(r, err)
	}
	o.log.InfoContext(ctx, "default permission of a role set", "by", c.Username, "role", r.Name, "id", r.ID, "permission", level.String())
	return o.whole(ctx, r)
}

// defaults can be what --default-permission can be.
var defaults = dialect{kind: "Role"}
