package jwt

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"extauthz/authz/credential"
)

// verifier judges the tokens of one issuer.
type verifier struct {
	Issuer
	types    []string
	username template
	groups   claim
	keyring  *keyring
}

// identity is what a verified token says. It holds until it expires, as long as the issuer's keys are still these.
type identity struct {
	of       *verifier
	username string
	roles    []string // names, sorted
	expires  time.Time
	keys     *keys
}

func newVerifier(ctx context.Context, i Issuer, c Config) (*verifier, error) {
	if err := i.Check(); err != nil {
		return nil, err
	}
	i = i.withDefaults()
	v := &verifier{Issuer: i}
	for _, t := range i.Types {
		v.types = append(v.types, typed(t))
	}
	var err, claimErr error
	v.username, err = parseTemplate(i.Username)
	if i.Groups != "" {
		v.groups, claimErr = parseClaim(i.Groups)
	}
	source, sourceErr := i.source(ctx)
	v.keyring = &keyring{
		source: source, every: i.RefreshEvery, keep: i.KeepFor, now: c.Now, log: c.Logger.With("issuer", i.Issuer),
	}
	return v, errors.Join(err, claimErr, sourceErr)
}

// verify checks the signature first: nothing else of a token is looked at before.
func (v *verifier) verify(ctx context.Context, t token, now time.Time) (identity, error) {
	if !slices.Contains(v.Algorithms, string(t.header.algorithm)) {
		return identity{}, wrong("the algorithm is none of the issuer's")
	}
	signedBy, err := v.signature(ctx, t)
	if err != nil {
		return identity{}, err
	}
	if len(v.types) > 0 && !slices.Contains(v.types, t.header.kind) {
		return identity{}, wrong("typ is none of the issuer's types")
	}
	if err := t.claims.checkAudience(v.Audiences); err != nil {
		return identity{}, err
	}
	expires, err := t.claims.checkTimes(now)
	if err != nil {
		return identity{}, err
	}
	name, err := v.nameOf(t.claims)
	return identity{of: v, username: name, roles: v.rolesOf(t.claims), expires: expires, keys: signedBy}, err
}

// signature returns the keys among which the token's is. An unknown key may be a new one, so it has them fetched again.
func (v *verifier) signature(ctx context.Context, t token) (*keys, error) {
	held := v.keyring.usable(ctx)
	if held == nil || len(held.find(t.header)) == 0 {
		held = v.keyring.fresher(ctx)
	}
	if held == nil {
		return nil, wrong("the issuer's keys are not known")
	}
	signed, err := jose.ParseSignedCompact(t.compact, []jose.SignatureAlgorithm{t.header.algorithm})
	if err != nil {
		return nil, malformed("no signed token")
	}
	for _, key := range held.find(t.header) {
		if _, err := signed.Verify(key.Key); err == nil {
			return held, nil
		}
	}
	return nil, wrong("no key of the issuer has made the signature")
}

// nameOf makes the username, which has to be one that an account could have.
func (v *verifier) nameOf(c claims) (string, error) {
	if v.username.names("email") && !v.UnverifiedEmail && c["email_verified"] != true {
		return "", wrong("email is not verified (email_verified)")
	}
	name, err := v.username.apply(c)
	if err == nil {
		err = credential.CheckUsername(name)
	}
	if err != nil {
		return "", wrong("%v", err)
	}
	return name, nil
}

// rolesOf are the roles of the groups that have one.
func (v *verifier) rolesOf(c claims) []string {
	var roles []string
	for _, group := range v.groups.texts(c) {
		if role, ok := v.Roles[group]; ok {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// holds reports whether what was verified still holds. A later key set has the token verified again.
func (i identity) holds(ctx context.Context, now time.Time) bool {
	return now.Before(i.expires) && i.keys != nil && i.keys == i.of.keyring.usable(ctx)
}
