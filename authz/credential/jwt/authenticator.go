package jwt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/maypok86/otter/v2"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Authenticator accepts the tokens of its issuers. It implements credential.Scheme. Make it with New.
type Authenticator struct {
	config   Config
	issuers  map[string]*verifier
	sealer   *credential.Sealer
	verified *otter.Cache[credential.Seal, identity]
}

// New fails on a configuration that could not authenticate anybody, or anybody's tokens. It asks no server: issuers may be away.
func New(c Config) (*Authenticator, error) {
	c = c.withDefaults()
	if c.Users == nil {
		return nil, errors.New("tokens need users")
	}
	verified, err := otter.New(&otter.Options[credential.Seal, identity]{MaximumSize: c.Remember})
	if err != nil {
		return nil, err
	}
	none := &Authenticator{config: c, sealer: credential.NewSealer(), verified: verified}
	return none.With(c.Issuers)
}

// With returns an Authenticator for these issuers. One that is unchanged keeps its keys, so that a change of the configuration while an issuer
// is away costs nothing, and the tokens that were verified. Of one that is gone or changed, nothing holds any more.
func (a *Authenticator) With(issuers []Issuer) (*Authenticator, error) {
	other := *a
	other.issuers = make(map[string]*verifier, len(issuers))
	for _, i := range issuers {
		v, err := a.verifier(i)
		if err == nil && other.issuers[i.Issuer] != nil {
			err = errors.New("is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("%.200q: %w", i.Issuer, err)
		}
		other.issuers[i.Issuer] = v
	}
	return &other, nil
}

func (a *Authenticator) verifier(i Issuer) (*verifier, error) {
	if v := a.issuers[i.Issuer]; v != nil && reflect.DeepEqual(v.Issuer, i.withDefaults()) {
		return v, nil
	}
	return newVerifier(context.Background(), i, a.config)
}

// Presents reports whether the request carries a bearer token in three parts, as signed tokens are.
func (a *Authenticator) Presents(r authz.Request) bool {
	token, ok := credential.BearerToken(r.Headers)
	return ok && shaped(token)
}

// Authenticate verifies the token, unless that was done before, and reads its account. Whatever does not fit is the one 401 of package
// credential.
func (a *Authenticator) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	compact, ok := credential.BearerToken(r.Headers)
	if !ok {
		return authz.Principal{}, credential.Unauthenticated(malformed("no bearer token"))
	}
	i, err := a.identify(ctx, compact)
	if err != nil {
		return authz.Principal{}, credential.Unauthenticated(err)
	}
	account, err := a.account(ctx, i)
	switch {
	case errors.Is(err, credential.ErrNoAccount):
		return authz.Principal{}, credential.Tried(i.username, credential.Unauthenticated(wrong("%w", err)))
	case err == nil && !account.Principal.Known():
		err = errors.New("an account has no user id")
	}
	if err != nil {
		return authz.Principal{}, credential.Unreadable(err)
	}
	return a.principal(ctx, account.Principal, i.roles)
}

// identify says whom the token names. Only successes are remembered.
func (a *Authenticator) identify(ctx context.Context, compact string) (identity, error) {
	if len(compact) > maxToken {
		return identity{}, malformed("longer than %d bytes", maxToken)
	}
	seal, now := a.sealer.Seal(compact), a.config.Now()
	if i, ok := a.verified.GetIfPresent(seal); ok && a.issuers[i.of.Issuer.Issuer] == i.of && i.holds(ctx, now) {
		return i, nil
	}
	t, err := parse(compact)
	if err != nil {
		return identity{}, err
	}
	v := a.issuers[t.claims.issuer()]
	if v == nil {
		return identity{}, wrong("iss is none of the issuers")
	}
	i, err := v.verify(ctx, t, now)
	if err == nil {
		a.verified.Set(seal, i)
	}
	return i, err
}

func (a *Authenticator) account(ctx context.Context, i identity) (credential.Account, error) {
	account, err := a.config.Users.Account(ctx, i.username)
	if errors.Is(err, credential.ErrNoAccount) && i.of.Provision {
		return a.config.Users.Provision(ctx, i.username)
	}
	return account, err
}

// principal adds the roles of the token's groups to the account's own.
func (a *Authenticator) principal(ctx context.Context, p authz.Principal, roles []string) (authz.Principal, error) {
	p.Method = authz.ByJWT
	if len(roles) == 0 {
		return p, nil
	}
	ids, def, err := a.config.Users.Roles(ctx, roles)
	if err != nil {
		return authz.Principal{}, credential.Unreadable(err)
	}
	p.Roles = slices.Concat(p.Roles, ids) // the account's own slice may be shared
	slices.Sort(p.Roles)
	p.Roles = slices.Compact(p.Roles)
	p.Default = max(p.Default, def)
	return p, nil
}

var _ credential.Scheme = (*Authenticator)(nil)
