package credential

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"

	"extauthz/authz"
)

// Basic authenticates "Authorization: Basic" against stored password hashes. It implements authz.Authenticator. Make one with
// NewBasic; the zero Basic has nobody to ask.
type Basic struct {
	accounts Accounts
	hasher   *Hasher
	tokens   *Bearer
	upgrade  func(ctx context.Context, a Account, newHash string) error
	log      *slog.Logger

	sealer   *sealer
	verified verified
	flights  flights
	decoys   decoys
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
		accounts: c.Accounts, hasher: c.Hasher, tokens: c.Tokens, upgrade: c.Upgrade, log: c.Logger,
		sealer: newSealer(), verified: known, throttle: newThrottle(c.Limits, c.Now),
	}, nil
}

// Presents reports whether the request carries a Basic credential.
func (b *Basic) Presents(r authz.Request) bool {
	scheme, _, ok := authorization(r.Headers)
	return ok && strings.EqualFold(scheme, "Basic")
}

// Authenticate reads the account on every call, and hashes only a credential that it has not yet seen fit the account's stored hash.
func (b *Basic) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	c, err := parseBasic(r.Headers)
	if err != nil {
		return authz.Principal{}, Unauthenticated(err)
	}
	p, err := b.authenticate(ctx, c, r.Source)
	return p, Tried(c.username, err)
}

func (b *Basic) authenticate(ctx context.Context, c basic, source netip.Addr) (authz.Principal, error) {
	if b.tokens != nil && isToken(c.password) {
		return b.token(ctx, c)
	}
	account, err := readAccount(ctx, b.accounts, c.username)
	if err != nil {
		return authz.Principal{}, err
	}
	q := question{credential: b.sealer.seal(c.token), passwordHash: account.PasswordHash}
	if b.verified.holds(q.credential, q.passwordHash) {
		return account.byPassword(), nil
	}
	ok, err := b.ask(ctx, q, login{basic: c, account: account, source: source})
	switch {
	case err != nil:
		return authz.Principal{}, err
	case !ok || !account.Principal.Known():
		return authz.Principal{}, Unauthenticated(ErrWrong)
	default:
		return account.byPassword(), nil
	}
}

// Verified says how often a credential was one that had been verified before, how often not, and how many are remembered.
func (b *Basic) Verified() (hits, misses uint64, entries int) {
	s := b.verified.hashes.Stats()
	return s.Hits, s.Misses, b.verified.hashes.EstimatedSize()
}

// token takes a token for its user's password, so that every client that can send a password can send a token, ~/.mlflow/credentials too.
func (b *Basic) token(ctx context.Context, c basic) (authz.Principal, error) {
	p, err := b.tokens.accept(ctx, c.password)
	if err == nil && p.Username != c.username {
		return authz.Principal{}, Unauthenticated(ErrWrong)
	}
	return p, err
}
