package certificate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// Config needs all of its fields.
type Config struct {
	Accounts credential.Accounts
	Reader   *Reader
	Rules    []Rule // the first that matches names the user
	Now      func() time.Time
}

// Authenticator takes client certificates for credentials. It implements credential.Scheme. Make it with New.
type Authenticator struct {
	accounts credential.Accounts
	reader   *Reader
	rules    []rule
	now      func() time.Time
}

// New fails on rules that could not name anybody.
func New(c Config) (*Authenticator, error) {
	if c.Accounts == nil || c.Reader == nil || c.Now == nil || len(c.Rules) == 0 {
		return nil, errors.New("certificates need accounts, a reader, a clock and rules that name their users")
	}
	a := &Authenticator{accounts: c.Accounts, reader: c.Reader, now: c.Now}
	for i, r := range c.Rules {
		compiled, err := r.compile()
		if err != nil {
			return nil, fmt.Errorf("certificate rule %d: %w", i+1, err)
		}
		a.rules = append(a.rules, compiled)
	}
	return a, nil
}

// Presents reports whether there is a certificate that a rule speaks of. One that cannot be read counts: it is refused, not passed over.
func (a *Authenticator) Presents(r authz.Request) bool {
	if r.Certificate == "" {
		return false
	}
	c, err := a.reader.Read(r.Certificate)
	if err != nil {
		return true
	}
	_, matched, _ := a.username(c)
	return matched
}

// Authenticate reads the account that the certificate names on every call, and looks at its validity on every call.
func (a *Authenticator) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	username, err := a.holder(r)
	if err != nil {
		return authz.Principal{}, credential.Unauthenticated(err)
	}
	return credential.Named(ctx, a.accounts, username, authz.ByCertificate)
}

func (a *Authenticator) holder(r authz.Request) (string, error) {
	if r.Certificate == "" {
		return "", credential.ErrAbsent
	}
	c, err := a.reader.Read(r.Certificate)
	if err != nil {
		return "", err
	}
	username, matched, err := a.username(c)
	if err == nil && !matched {
		err = fmt.Errorf("%w: no rule speaks of this certificate", credential.ErrAbsent)
	}
	if err != nil {
		return "", err
	}
	return username, c.Current(a.now())
}

func (a *Authenticator) username(c *Certificate) (username string, matched bool, err error) {
	for _, r := range a.rules {
		if username, matched, err = r.username(c); matched {
			return username, true, err
		}
	}
	return "", false, nil
}

var _ credential.Scheme = (*Authenticator)(nil)
