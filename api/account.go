package api

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"extauthz/store"
)

// account is a user with what is granted to it, and with its roles.
type account struct {
	store.User
	Workspace string // where the request looks
	Grants    []store.Grant
	Roles     []role
}

// hiddenRole is how MLflow calls the role on which it keeps what is granted to a user directly. Here the user holds that, and the role's id is
// the user's.
func hiddenRole(userID uint64) string { return hiddenPrefix + strconv.FormatUint(userID, 10) + "__" }

// shown is a user as far as the caller may see it: oneself, and admins anybody, whole; who manages workspaces sees what the user has in them.
func (o *operations) shown(ctx context.Context, c caller, in byName) (account, error) {
	if err := cmp.Or(named("username", in.Username), c.mustBeUsable()); err != nil {
		return account{}, err
	}
	a, err := o.account(ctx, c, in.Username)
	if !c.is(in.Username) && !c.Unbounded() {
		a, err = o.partly(ctx, c, a, err)
	}
	return a, cmp.Or(err, in.refuse())
}

// account adds the roles that the caller has for this request to the own stored ones: those of an identity provider's groups.
func (o *operations) account(ctx context.Context, c caller, username string) (account, error) {
	found, err := o.store.AccountByName(ctx, username)
	if errors.Is(err, store.ErrNotFound) {
		return account{}, noUser(username)
	}
	if err != nil {
		return account{}, err
	}
	a := account{User: found.User, Workspace: c.Workspace}
	if a.Grants, err = o.grantsOf(ctx, found.ID); err != nil {
		return account{}, err
	}
	roles := found.Roles
	if c.is(username) {
		if roles, err = o.withOwn(ctx, c, roles); err != nil {
			return account{}, err
		}
	}
	for _, r := range roles {
		whole, err := o.whole(ctx, r)
		if err != nil {
			return account{}, err
		}
		a.Roles = append(a.Roles, whole)
	}
	return a, nil
}

func (o *operations) withOwn(ctx context.Context, c caller, stored []store.Role) ([]store.Role, error) {
	roles := slices.Clone(stored)
	for _, id := range c.Roles {
		if slices.ContainsFunc(stored, func(r store.Role) bool { return r.ID == id }) {
			continue
		}
		r, err := o.store.RoleByID(ctx, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			roles = append(roles, r)
		}
	}
	return roles, nil
}

// partly leaves what is in the workspaces that the caller manages. A user who has nothing there, and a name that nobody has, look the same.
func (o *operations) partly(ctx context.Context, c caller, a account, found error) (account, error) {
	if _, isFailure := errors.AsType[*failure](found); found != nil && !isFailure {
		return account{}, found
	}
	managed, some := o.managedBy(c), account{User: a.User, Workspace: a.Workspace}
	for _, g := range a.Grants {
		ok, err := managed.has(ctx, g.Resource.Workspace)
		if err != nil {
			return account{}, err
		}
		if ok {
			some.Grants = append(some.Grants, g)
		}
	}
	for _, r := range a.Roles {
		ok, err := managed.has(ctx, r.Workspace)
		if err != nil {
			return account{}, err
		}
		if ok {
			some.Roles = append(some.Roles, r)
		}
	}
	if len(some.Grants)+len(some.Roles) == 0 {
		return account{}, denied("only an admin, or who manages a workspace that the user has something in, may do this for another user.")
	}
	return some, nil
}

func (o *operations) currentGrants(ctx context.Context, c caller, in noInput) (account, error) {
	if err := cmp.Or(c.mustBeUsable(), in.refuse()); err != nil {
		return account{}, err
	}
	return o.account(ctx, c, c.Username)
}
