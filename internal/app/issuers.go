package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/jwt"
	"extauthz/store"
)

// directory shows the store to tokens of other issuers, which name users and roles. It implements jwt.Users.
type directory struct {
	accounts
	now func() time.Time
}

// Provision makes a user without a password, unless somebody has the name in another spelling, which is nobody to be taken for.
func (d directory) Provision(ctx context.Context, username string) (credential.Account, error) {
	if _, err := d.store.UserByName(ctx, username); !errors.Is(err, store.ErrNotFound) {
		return d.Account(ctx, username) // disabled, or made meanwhile; or the store has failed, and does so again
	}
	for u, err := range d.store.Users(ctx) {
		if err != nil || strings.EqualFold(u.Username, username) {
			return credential.Account{}, cmp.Or(err, credential.ErrNoAccount)
		}
	}
	ctx = store.WithActor(ctx, store.Actor{Username: username, Method: authz.ByJWT})
	created, err := d.store.CreateUser(ctx, store.User{Username: username, CreatedAt: d.now()})
	if errors.Is(err, store.ErrExists) {
		return d.Account(ctx, username)
	}
	return account(store.Account{User: created}), err
}

// Roles finds roles by "name", in the default workspace, or "workspace/name".
func (d directory) Roles(ctx context.Context, names []string) (ids []uint64, def authz.Permission, err error) {
	for _, name := range names {
		workspace, inIt, qualified := strings.Cut(name, "/")
		if !qualified {
			workspace, inIt = authz.DefaultWorkspace, name
		}
		role, err := d.store.RoleByName(ctx, workspace, inIt)
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return nil, authz.NoGrant, err
		}
		ids = append(ids, role.ID)
		def = max(def, role.Default)
	}
	return ids, def, nil
}

var _ jwt.Users = directory{}
