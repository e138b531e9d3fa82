package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

// effective is what a user may do with a resource in the end, however that came about.
type effective struct {
	Permission authz.Permission
	CanUse     bool
}

// effectivePermission answers as a real request of that user would be decided, whose credential is not restricted. To ask about somebody else
// takes an admin, or who manages the resource's workspace; MANAGE on the resource is not enough, as in MLflow.
func (o *operations) effectivePermission(ctx context.Context, c caller, in grantInput) (effective, error) {
	if err := cmp.Or(named("username", in.Username), o.mayAskAbout(ctx, c, in), in.refuse()); err != nil {
		return effective{}, err
	}
	p := unrestricted(c)
	if !c.is(in.Username) {
		a, err := o.store.AccountByName(ctx, in.Username)
		if errors.Is(err, store.ErrNotFound) {
			err = o.nobody(c, in.Username)
		}
		if err != nil {
			return effective{}, err
		}
		p = a.Principal()
	}
	check, err := o.decider.Decide(ctx, p, authz.CanUse, in.Resource)
	return effective{Permission: check.Permission, CanUse: check.Met}, err
}

func (o *operations) mayAskAbout(ctx context.Context, c caller, in grantInput) error {
	if c.is(in.Username) || c.MustChangePassword {
		return c.mustBeUsable()
	}
	return o.mustManage(ctx, c, in.Resource.Workspace)
}

// nobody is what is said of a name that nobody has. Only admins are told that.
func (o *operations) nobody(c caller, username string) error {
	if c.Unbounded() {
		return noUser(username)
	}
	return denied("only an admin may do this for a user that does not exist.")
}
