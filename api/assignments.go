package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

type assignment struct {
	byRole
	Username string `json:"username" api:"required,name"`
}

// assigned finds both ends of an assignment, the role first, as its workspace says who may.
func (o *operations) assigned(ctx context.Context, c caller, in assignment) (store.User, store.Role, error) {
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err := cmp.Or(err, in.refuse(), named("username", in.Username)); err != nil {
		return store.User{}, r, err
	}
	u, err := o.user(ctx, in.Username)
	return u, r, err
}

// mayReach refuses a role that sets a default permission to who only manages its workspace: it reaches beyond that.
func (c caller) mayReach(r store.Role) error {
	if r.Default == authz.NoGrant || c.Unbounded() {
		return nil
	}
	return denied("this role sets a default permission, and only an admin assigns such a role, takes it back, renames or deletes it.")
}

// assign gives a role to a user. One that sets a default permission reaches beyond its workspace: that takes an admin.
func (o *operations) assign(ctx context.Context, c caller, in assignment) (store.Assignment, error) {
	u, r, err := o.assigned(ctx, c, in)
	if err != nil {
		return store.Assignment{}, err
	}
	if err := c.mayReach(r); err != nil {
		return store.Assignment{}, err
	}
	a, err := o.store.Assign(ctx, u.ID, r.ID)
	switch {
	case errors.Is(err, store.ErrExists):
		return a, exists("User role assignment (user_id=%d, role_id=%d) already exists", u.ID, r.ID)
	case err != nil:
		return a, roleFailure(r, err)
	}
	o.log.InfoContext(ctx, "role assigned", "by", c.Username, "user", u.Username, "role", r.Name, "id", r.ID)
	return a, nil
}

// unassign is an admin's, too, where the role sets a default permission: without a low one its user could do more elsewhere.
func (o *operations) unassign(ctx context.Context, c caller, in assignment) (nothing, error) {
	u, r, err := o.assigned(ctx, c, in)
	if err := cmp.Or(err, c.mayReach(r)); err != nil {
		return nothing{}, err
	}
	err = o.store.Unassign(ctx, u.ID, r.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = absent("User role assignment (user_id=%d, role_id=%d) not found", u.ID, r.ID)
	}
	if err == nil {
		o.log.InfoContext(ctx, "role taken back", "by", c.Username, "user", u.Username, "role", r.Name, "id", r.ID)
	}
	return nothing{}, err
}

// listRoleUsers tells who has a role, in the order of the users' ids.
func (o *operations) listRoleUsers(ctx context.Context, c caller, in byRole) ([]store.Assignment, error) {
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err := cmp.Or(err, in.refuse()); err != nil {
		return nil, err
	}
	var all []store.Assignment
	for a, err := range o.store.Members(ctx, r.ID) {
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}
