package app

import (
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/store"
)

// accounts shows the store's users to the authenticator.
type accounts struct{ store store.Store }

func (a accounts) Account(ctx context.Context, username string) (credential.Account, error) {
	u, err := a.store.UserByName(ctx, username)
	if errors.Is(err, store.ErrNotFound) {
		return credential.Account{}, credential.ErrNoAccount
	}
	return account(u), err
}

func account(u store.User) credential.Account {
	return credential.Account{
		Principal:    authz.Principal{UserID: u.ID, Username: u.Username, Admin: u.Admin, MustChangePassword: u.MustChangePassword},
		PasswordHash: u.PasswordHash,
	}
}

// upgrade replaces the hash of a password in an older format, unless the password has changed since it was read.
func (a accounts) upgrade(ctx context.Context, old credential.Account, hash string) error {
	_, err := a.store.UpdateUser(ctx, old.Principal.Username, func(u *store.User) error {
		if u.PasswordHash != old.PasswordHash {
			return errPasswordChanged
		}
		u.PasswordHash = hash
		return nil
	})
	if errors.Is(err, errPasswordChanged) {
		return nil
	}
	return err
}

var errPasswordChanged = errors.New("the password has changed meanwhile")

// passwords hashes and verifies for the auth API, through the authenticator's bounded hasher.
type passwords struct {
	hasher *credential.Hasher
	basic  *credential.Basic
}

func (p passwords) Hash(ctx context.Context, password string) (string, error) {
	return p.hasher.Hash(ctx, password)
}

func (p passwords) Verify(ctx context.Context, u store.User, password string) (bool, error) {
	return p.basic.VerifyPassword(ctx, account(u), password)
}
