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
	Dialect    dialect // of the generation that asks
	extra
}

func (in grantInput) level() (authz.Permission, error) {
	if err := required("permission", in.Permission); err != nil {
		return authz.NoGrant, err
	}
	return in.Dialect.parse(in.Permission)
}

// find asks in MLflow's order: may the caller, is the input well-formed, is there such a user. malformed is what is wrong with the rest of
// the input; whoever may not do this is not told.
func (o *operations) find(ctx context.Context, c caller, in grantInput, malformed error) (store.Grant, error) {
	if err := o.mayManage(ctx, c, in.Resource); err != nil {
		return store.Grant{}, err
	}
	if err := cmp.Or(in.refuse(), named("username", in.Username), malformed); err != nil {
		return store.Grant{}, err
	}
	u, err := o.user(ctx, in.Username)
	return store.Grant{Holder: u.ID, Resource: in.Resource}, err
}

func (o *operations) createGrant(ctx context.Context, c caller, in grantInput) (store.Grant, error) {
	return o.write(ctx, c, in, o.store.CreateGrant, "permission granted")
}

func (o *operations) updateGrant(ctx context.Context, c caller, in grantInput) (store.Grant, error) {
	return o.write(ctx, c, in, o.store.UpdateGrant, "permission changed")
}

func (o *operations) write(ctx context.Context, c caller, in grantInput, write func(context.Context, store.Grant) error, what string,
) (store.Grant, error) {
	level, malformed := in.level()
	g, err := o.find(ctx, c, in, malformed)
	if err != nil {
		return store.Grant{}, err
	}
	g.Permission = level
	if err := write(ctx, g); err != nil {
		return store.Grant{}, in.explain(err)
	}
	o.logGrant(ctx, what, c, in.Username, g)
	return g, nil
}

func (o *operations) getGrant(ctx context.Context, c caller, in grantInput) (store.Grant, error) {
	g, err := o.find(ctx, c, in, nil)
	if err != nil {
		return store.Grant{}, err
	}
	g.Permission, err = o.store.Permission(ctx, g.Holder, g.Resource)
	if err == nil && g.Permission == authz.NoGrant {
		err = in.explain(store.ErrNotFound)
	}
	return g, err
}

func (o *operations) deleteGrant(ctx context.Context, c caller, in grantInput) (store.Grant, error) {
	g, err := o.find(ctx, c, in, nil)
	if err != nil {
		return store.Grant{}, err
	}
	if err := o.store.DeleteGrant(ctx, g.Holder, g.Resource); err != nil {
		return store.Grant{}, in.explain(err)
	}
	o.logGrant(ctx, "permission revoked", c, in.Username, g)
	return g, nil
}

func (o *operations) logGrant(ctx context.Context, what string, c caller, username string, g store.Grant) {
	o.log.InfoContext(ctx, what, "by", c.Username, "user", username, "kind", string(g.Resource.Kind), "workspace", g.Resource.Workspace,
		"id", g.Resource.ID, "permission", g.Permission.String())
}

// explain puts the store's answer into the words of the generation that asks.
func (in grantInput) explain(err error) error {
	switch {
	case errors.Is(err, store.ErrExists):
		return exists("%s", in.Dialect.exists(in.Resource, in.Username))
	case errors.Is(err, store.ErrNotFound):
		return absent("%s", in.Dialect.absent(in.Resource, in.Username))
	default:
		return err
	}
}
