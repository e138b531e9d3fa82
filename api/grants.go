package api

import (
	"cmp"
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/store"
)

// grantInput names one grant: whose, on what and, for writing it, how much.
type grantInput struct {
	Username   string
	Resource   authz.Resource
	Permission string
	Dialect    *dialect // of the generation that asks
	extra
}

// checked is a grantInput that has been understood.
type checked struct {
	user  store.User
	grant store.Grant
}

// one looks at everything but the permission, in MLflow's order: may the caller, is it complete, is there such a user.
func (o *operations) one(ctx context.Context, c caller, in grantInput) (checked, error) {
	if err := o.mayManage(ctx, c, in.Resource); err != nil {
		return checked{}, err
	}
	if err := cmp.Or(in.refuse(), name("username", in.Username)); err != nil {
		return checked{}, err
	}
	u, err := o.user(ctx, in.Username)
	return checked{user: u, grant: store.Grant{UserID: u.ID, Resource: in.Resource}}, err
}

// change is one for an operation that writes a permission. Nobody learns whether a user exists from a request that was wrong anyway.
func (o *operations) change(ctx context.Context, c caller, in grantInput) (checked, error) {
	if err := o.mayManage(ctx, c, in.Resource); err != nil {
		return checked{}, err
	}
	if err := cmp.Or(name("username", in.Username), required("permission", in.Permission)); err != nil {
		return checked{}, err
	}
	level, err := in.Dialect.parse(in.Permission)
	if err != nil {
		return checked{}, err
	}
	found, err := o.one(ctx, c, in)
	found.grant.Permission = level
	return found, err
}

func (o *operations) createGrant(ctx context.Context, c caller, in grantInput) (store.Grant, error) {
	found, err := o.change(ctx, c, in)
	if err != nil {
		return store.Grant{}, err
	}
	if err := o.store.CreateGrant(ctx, found.grant); err != nil {
		return store.Grant{}, in.explain(err)
	}
	o.logGrant(ctx, "permission granted", c, found)
	return found.grant, nil
}

func (o *operations) getGrant(ctx context.Context, c caller, in grantInput) (store.Grant, error) {
	found, err := o.one(ctx, c, in)
	if err != nil {
		return store.Grant{}, err
	}
	found.grant.Permission, err = o.store.Permission(ctx, found.user.ID, in.Resource)
	if err == nil && found.grant.Permission == authz.NoGrant {
		err = in.explain(store.ErrNotFound)
	}
	return found.grant, err
}

func (o *operations) updateGrant(ctx context.Context, c caller, in grantInput) (nothing, error) {
	found, err := o.change(ctx, c, in)
	if err != nil {
		return nothing{}, err
	}
	if err := o.store.UpdateGrant(ctx, found.grant); err != nil {
		return nothing{}, in.explain(err)
	}
	o.logGrant(ctx, "permission changed", c, found)
	return nothing{}, nil
}

func (o *operations) deleteGrant(ctx context.Context, c caller, in grantInput) (nothing, error) {
	found, err := o.one(ctx, c, in)
	if err != nil {
		return nothing{}, err
	}
	if err := o.store.DeleteGrant(ctx, found.user.ID, in.Resource); err != nil {
		return nothing{}, in.explain(err)
	}
	o.logGrant(ctx, "permission revoked", c, found)
	return nothing{}, nil
}

func (o *operations) logGrant(ctx context.Context, what string, c caller, g checked) {
	o.log.InfoContext(ctx, what, "by", c.Username, "user", g.user.Username, "kind", string(g.grant.Resource.Kind),
		"id", g.grant.Resource.ID, "permission", g.grant.Permission.String())
}

// explain puts the store's answer into the words of the generation that asks.
func (in grantInput) explain(err error) error {
	switch {
	case errors.Is(err, store.ErrExists):
		return exists(in.Dialect.exists, in.Resource.ID, in.Username, in.Resource.Kind)
	case errors.Is(err, store.ErrNotFound):
		return absent(in.Dialect.absent, in.Resource.ID, in.Username, in.Resource.Kind)
	default:
		return err
	}
}
