package app

import (
	"context"
	"errors"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/internal/signin"
	"extauthz/store"
)

// accounts shows the store's users to the authenticators. Who is disabled has no account.
type accounts struct{ store store.Store }

// Account is nobody's for a disabled user: no credential of theirs is one.
func (a accounts) Account(ctx context.Context, username string) (credential.Account, error) {
	found, err := a.store.AccountByName(ctx, username)
	return signsIn(found, err)
}

func (a accounts) AccountByID(ctx context.Context, id uint64) (credential.Account, error) {
	found, err := a.store.AccountByID(ctx, id)
	return signsIn(found, err)
}

// Token finds a token's user and what the token is restricted to.
func (a accounts) Token(ctx context.Context, digest credential.TokenDigest) (credential.Issued, error) {
	found, token, err := a.store.AccountByKey(ctx, store.Token, digest[:])
	account, err := signsIn(found, err)
	if err != nil {
		return credential.Issued{}, err
	}
	return credential.Issued{Principal: issued(account.Principal, authz.ByToken, token), ExpiresAt: token.ExpiresAt}, nil
}

// issued is the principal by one of its own credentials.
func issued(p authz.Principal, by authz.Method, c store.Credential) authz.Principal {
	p.Method, p.CredentialID, p.Scope = by, c.ID, c.Scope
	return p
}

func signsIn(a store.Account, err error) (credential.Account, error) {
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && a.Disabled:
		return credential.Account{}, credential.ErrNoAccount
	case err != nil:
		return credential.Account{}, err
	}
	return account(a), nil
}

func account(a store.Account) credential.Account {
	return credential.Account{Principal: a.Principal(), PasswordHash: a.PasswordHash}
}

// RoleNamed tells the id of a role; 0 when there is none.
func (a accounts) RoleNamed(ctx context.Context, workspace, name string) (uint64, error) {
	r, err := a.store.RoleByName(ctx, workspace, name)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return r.ID, err
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
	hasher  *credential.Hasher
	basic   *credential.Basic
	signIns *signin.Recorder
}

func (p passwords) Hash(ctx context.Context, password string) (string, error) {
	return p.hasher.Hash(ctx, password)
}

func (p passwords) Verify(ctx context.Context, u store.User, password string) (bool, error) {
	ok, err := p.basic.VerifyPassword(ctx, account(store.Account{User: u}), password)
	if err == nil && !ok {
		p.signIns.ProofRefused(ctx, u.Username, credential.Unauthenticated(credential.ErrWrong))
	}
	if err != nil {
		p.signIns.ProofRefused(ctx, u.Username, err)
	}
	return ok, err
}
