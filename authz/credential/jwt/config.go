package jwt

import (
	"context"
	"log/slog"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Users finds the accounts and roles that tokens name. Account and Roles are called on every request, so they must be cheap and never stale.
type Users interface {
	// Account returns credential.ErrNoAccount for a username of nobody who can sign in, compared byte for byte.
	Account(ctx context.Context, username string) (credential.Account, error)
	// Provision makes the account of a username that Account does not know, without a password. It returns the one that somebody else has made
	// meanwhile, and credential.ErrNoAccount for one that is there and cannot sign in.
	Provision(ctx context.Context, username string) (credential.Account, error)
	// Roles finds roles by their names and skips unknown ones: their ids, and the highest default permission that they give, authz.NoGrant for
	// none.
	Roles(ctx context.Context, names []string) (ids []uint64, def authz.Permission, err error)
}

// Config needs Users; every other zero field has a default. Without Issuers nobody's tokens are accepted.
type Config struct {
	Issuers  []Issuer
	Users    Users
	Now      func() time.Time // time.Now
	Logger   *slog.Logger     // discards
	Remember int              // how many verified tokens are remembered; 10 000
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Remember <= 0 {
		c.Remember = 10_000
	}
	return c
}
