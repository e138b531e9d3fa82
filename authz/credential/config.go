package credential

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Config needs Accounts and Hasher; every other zero field has a default.
type Config struct {
	Accounts Accounts
	Hasher   *Hasher
	Tokens   *Bearer          // whose tokens are taken for passwords; nil for passwords only
	Now      func() time.Time // time.Now
	Logger   *slog.Logger     // discards
	Limits   Limits           // DefaultLimits
	Remember int              // how many verified credentials are remembered; 10 000

	// Upgrade, when set, is given a new hash of a password that has just fitted a.PasswordHash, an older format. It must replace
	// nothing but that hash: the password may have changed since.
	Upgrade func(ctx context.Context, a Account, newHash string) error
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.Remember <= 0 {
		c.Remember = 10_000
	}
	return c
}

func (c Config) check() error {
	if c.Accounts == nil || c.Hasher == nil {
		return errors.New("basic authentication needs accounts and a hasher")
	}
	return c.Limits.check()
}
