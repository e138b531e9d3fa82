package api

import (
	"cmp"
	"context"

	"extauthz/authz"
)

// effective is what a user may do with a resource in the end, however that came about.
type effective struct {
	Permission authz.Permission
	CanUse     bool
}

// effectivePermission answers as a real request would be decided. MANAGE on the resource is not enough to ask about somebody else, as in
// MLflow.
func (o *operations) effectivePermission(ctx context.Context, c caller, in grantInput) (effective, error) {
	if err := cmp.Or(named("username", in.Username), c.mustBe(in.Username), in.refuse()); err != nil {
		return effective{}, err
	}
	u, err := o.user(ctx, in.Username)
	if err != nil {
		return effective{}, err
	}
	check, err := o.decider.Decide(ctx, authz.Principal{UserID: u.ID, Username: u.Username, Admin: u.Admin}, authz.CanUse, in.Resource)
	return effective{Permission: check.Permission, CanUse: check.Met}, err
}

func (o *operations) currentGrants(ctx context.Context, c caller, in noInput) (account, error) {
	if err := cmp.Or(c.mustBeUsable(), in.refuse()); err != nil {
		return account{}, err
	}
	return o.account(ctx, c.Username)
}
