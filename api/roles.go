package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"extauthz/store"
)

// role is a role with what it holds.
type role struct {
	store.Role
	Grants []store.Grant
}

func (o *operations) createRole(ctx context.Context, c caller, in newRole) (role, error) {
	if err := cmp.Or(c.mustBeUsable(), required("workspace", in.Workspace)); err != nil {
		return role{}, err
	}
	if err := cmp.Or(o.mustManage(ctx, c, in.Workspace), in.refuse(), checkWorkspace(in.Workspace), required("name", in.Name),
		checkRoleName(in.Name), checkDescription(in.Description)); err != nil {
		return role{}, err
	}
	r := store.Role{Workspace: in.Workspace, Name: in.Name, CreatedAt: o.now()}
	if in.Description != nil {
		r.Description = *in.Description
	}
	created, err := o.store.CreateRole(ctx, r)
	if err != nil {
		return role{}, roleFailure(r, err)
	}
	o.log.InfoContext(ctx, "role created", "by", c.Username, "workspace", r.Workspace, "role", r.Name, "id", created.ID)
	return role{Role: created}, nil
}

func (o *operations) getRole(ctx context.Context, c caller, in byRole) (role, error) {
	r, err := o.role(ctx, c, in.RoleID, o.seesRoles)
	if err := cmp.Or(err, in.refuse()); err != nil {
		return role{}, err
	}
	return o.whole(ctx, r)
}

// role finds the role that a request names, for whoever may do what the request does. Everybody else learns nothing of which roles there are.
func (o *operations) role(ctx context.Context, c caller, n number, may func(context.Context, caller, string) error) (store.Role, error) {
	id, err := n.id("role_id")
	if err := cmp.Or(c.mustBeUsable(), err); err != nil {
		return store.Role{}, err
	}
	r, err := o.store.RoleByID(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) && c.Unbounded():
		return r, absent("Role with id=%d not found", id)
	case errors.Is(err, store.ErrNotFound):
		return r, notShown()
	case err != nil:
		return r, err
	default:
		return r, hiding(may(ctx, c, r.Workspace))
	}
}

// notShown is said of a role or a permission that is not there and of one that the caller may not see, in the same words.
func notShown() error {
	return denied("there is no such role or permission, or you neither manage the workspace that it is in nor, to look at it, have a role there.")
}

// hiding puts notShown in the place of a refusal that would tell that there is something.
func hiding(err error) error {
	if f, refused := errors.AsType[*failure](err); refused && f.status == http.StatusForbidden {
		return notShown()
	}
	return err
}

// whole adds what the role holds.
func (o *operations) whole(ctx context.Context, r store.Role) (role, error) {
	grants, err := o.grantsOf(ctx, r.ID)
	return role{Role: r, Grants: grants}, err
}

// grantsOf are all the grants of a holder, in the order of their ids: that in which they were given.
func (o *operations) grantsOf(ctx context.Context, holder uint64) ([]store.Grant, error) {
	var all []store.Grant
	for g, err := range o.store.GrantsOf(ctx, holder) {
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	slices.SortStableFunc(all, func(a, b store.Grant) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

func (o *operations) updateRole(ctx context.Context, c caller, in changedRole) (role, error) {
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err == nil && in.Name != nil && *in.Name != r.Name {
		err = c.mayReach(r) // an identity provider's groups have it by its name
	}
	if err := cmp.Or(err, in.refuse(), in.check()); err != nil {
		return role{}, err
	}
	in.apply(&r)
	changed, err := o.store.UpdateRole(ctx, r.ID, func(r *store.Role) error {
		in.apply(r)
		return nil
	})
	if err != nil {
		return role{}, roleFailure(r, err)
	}
	o.log.InfoContext(ctx, "role changed", "by", c.Username, "workspace", r.Workspace, "role", r.Name, "id", r.ID)
	return o.whole(ctx, changed)
}

// deleteRole takes what the role holds along, and it from everybody who has it.
func (o *operations) deleteRole(ctx context.Context, c caller, in byRole) (nothing, error) {
	r, err := o.role(ctx, c, in.RoleID, o.mustManage)
	if err := cmp.Or(err, in.refuse(), c.mayReach(r)); err != nil {
		return nothing{}, err
	}
	if err := o.store.DeleteRole(ctx, r.ID); err != nil {
		return nothing{}, roleFailure(r, err)
	}
	o.log.InfoContext(ctx, "role deleted", "by", c.Username, "workspace", r.Workspace, "role", r.Name, "id", r.ID)
	return nothing{}, nil
}

func roleFailure(r store.Role, err error) error {
	switch {
	case errors.Is(err, store.ErrExists):
		return exists("Role (name=%s, workspace=%s) already exists.", r.Name, r.Workspace)
	case errors.Is(err, store.ErrNotFound):
		return absent("Role with id=%d not found", r.ID)
	default:
		return err
	}
}
