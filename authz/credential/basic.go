package credential

import (
	"context"
	"errors"
	"log/slog"

	"extauthz/authz"
)

// Basic authenticates "Authorization: Basic" against stored password hashes. It implements authz.Authenticator. Make one with
// NewBasic; the zero Basic has nobody to ask.
type Basic struct {
	accounts Accounts
	hasher   *Hasher
	upgrade  func(ctx context.Context, a Account, newHash string) error
	log      *slog.Logger

	sealer   *sealer
	verified verified
	flights  flights
	throttle *throttle
}

// NewBasic fails on a configuration that could not authenticate anybody.
func NewBasic(c Config) (*Basic, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	known, err := newVerified(c.Remember)
	if err != nil {
		return nil, err
	}
	return &Basic{
		accounts: c.Accounts, hasher: c.Hasher, upgrade: c.Upgrade, log: c.Logger,
		sealer: newSealer(), verified: known, throttle: newThrottle(c.Limits, c.Now),
	}, nil
}

// Authenticate reads the account on every call, and hashes only a credential that it has not yet seen fit the account's stored hash.
func (b *Basic) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	c, err := parseBasic(r.Headers)
	if err != nil {
		return authz.Principal{}, unauthenticated(err)
	}
	account, err := readAccount(ctx, b.accounts, c.username)
	if err != nil {
		return authz.Principal{}, err
	}
	q := question{credential: b.sealer.seal(c.token), passwordHash: account.PasswordHash}
	if b.verified.holds(q.credential, q.passwordHash) {
		return account.Principal, nil
	}
	ok, err := b.ask(ctx, q, login{basic: c, account: account, source: r.Source})
	switch {
	case err != nil:
		return authz.Principal{}, err
	case !ok || !account.Principal.Known():
		return authz.Principal{}, unauthenticated(errors.New("wrong username or password"))
	default:
		return account.Principal, nil
	}
}

// Verified says how often a credential was one that had been verified before, how often not, and how many are remembered.
func (b *Basic) Verified() (hits, misses uint64, entries int) {
	s := b.verified.hashes.Stats()
	return s.Hits, s.Misses, b.verified.hashes.EstimatedSize()
}

// unauthenticated is every 401 of this package: one text, MLflow's own, so that it tells nobody what was wrong.
func unauthenticated(cause error) error {
	return &authz.Refusal{Reason: authz.Unauthenticated, Cause: cause, Text: "You are not authenticated. Please see " +
		"https://www.mlflow.org/docs/latest/auth/index.html#authenticating-to-mlflow on how to authenticate."}
}
