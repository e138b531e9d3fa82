package credential

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"extauthz/authz"
)

// patience bounds a verification that others wait for, so that it can outlive the client who happened to ask first.
const patience = 10 * time.Second

// login is one credential that has to be verified the slow way.
type login struct {
	basic
	account Account
	source  netip.Addr
}

// ask verifies the login, together with everybody who asks the same at this moment. The first one's client may hang up; the others'
// answer must not depend on it, so the work runs without its cancellation.
func (b *Basic) ask(ctx context.Context, q question, l login) (bool, error) {
	return b.flights.do(ctx, q, func() (bool, error) {
		if b.verified.holdsNow(q.credential, q.passwordHash) {
			return true, nil // it landed between our look and our take-off
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		ok, err := b.try(ctx, l)
		if ok {
			b.verified.remember(q.credential, q.passwordHash)
			b.rehash(ctx, l)
		}
		return ok, err
	})
}

// try checks the password if the throttle lets it. An attempt that never got to the hash is no failure; one that panics is.
func (b *Basic) try(ctx context.Context, l login) (ok bool, err error) {
	attempt, err := b.throttle.begin(l.username, l.source)
	if err != nil {
		return false, err
	}
	defer func() { attempt.end(!ok && err == nil) }()
	return b.check(ctx, l.username, l.account, l.password)
}

// check hashes exactly once, whether or not there is an account, a password or a readable hash.
func (b *Basic) check(ctx context.Context, username string, a Account, password string) (bool, error) {
	if a.PasswordHash == "" {
		return false, b.checkNobody(ctx, username, password)
	}
	ok, err := b.hasher.Verify(ctx, a.PasswordHash, password)
	if errors.Is(err, ErrMalformedHash) {
		b.log.ErrorContext(ctx, "this account cannot log in until its password is set again", "user", a.Principal.Username, "error", err)
		return false, b.checkNobody(ctx, username, password)
	}
	return ok, err
}

// checkNobody does the work of verifying a password that nobody has.
func (b *Basic) checkNobody(ctx context.Context, username, password string) error {
	cost, ok := b.decoys.of(b.sealer.seal(username))
	if !ok {
		cost = b.hasher.cost
	}
	_, err := b.hasher.key(ctx, cost, password, randomBytes(saltSize), digestSize)
	return err
}

// VerifyPassword reports whether password is the account's, for somebody who is signed in and must prove it again ("current_password").
// Nothing is remembered. Failures are throttled apart from logins, so that no attacker can keep the owner from changing the password.
func (b *Basic) VerifyPassword(ctx context.Context, a Account, password string) (ok bool, err error) {
	if !acceptable(password, maxPassword) {
		return false, nil
	}
	attempt, err := b.throttle.beginOwn(a.Principal.Username)
	if err != nil {
		return false, err
	}
	defer func() { attempt.end(!ok && err == nil) }()
	return b.check(ctx, a.Principal.Username, a, password)
}

// rehash replaces an imported or cheaper hash once we hold the password that fits it. It may fail: the login has succeeded all the same,
// and the next one tries again.
func (b *Basic) rehash(ctx context.Context, l login) {
	if b.upgrade == nil || !b.hasher.NeedsRehash(l.account.PasswordHash) {
		return
	}
	newHash, err := b.hasher.Hash(ctx, l.password)
	if err == nil {
		err = b.upgrade(ctx, l.account, newHash)
	}
	if err != nil {
		b.log.WarnContext(ctx, "an old password hash was not upgraded", "user", l.account.Principal.Username, "error", err)
	}
}

var _ authz.Authenticator = (*Basic)(nil)
