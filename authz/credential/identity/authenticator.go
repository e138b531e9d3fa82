package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
)

// Config needs all of its fields.
type Config struct {
	Accounts credential.Accounts
	Reader   *certificate.Reader
	Headers  []Header
	Now      func() time.Time
}

// Authenticator takes identity headers for credentials. It implements credential.Scheme. Make it with New.
type Authenticator struct {
	accounts credential.Accounts
	reader   *certificate.Reader
	headers  []header
	now      func() time.Time
}

// New fails on headers that anybody could send, or nobody.
func New(c Config) (*Authenticator, error) {
	if c.Accounts == nil || c.Reader == nil || c.Now == nil || len(c.Headers) == 0 {
		return nil, errUnset
	}
	a := &Authenticator{accounts: c.Accounts, reader: c.Reader, now: c.Now}
	for _, h := range c.Headers {
		compiled, err := h.compile()
		if err != nil {
			return nil, fmt.Errorf("identity headers: %w", err)
		}
		a.headers = append(a.headers, compiled)
	}
	return a, nil
}

// Names are the headers in lower case, which MLflow must never see.
func (a *Authenticator) Names() []string {
	names := make([]string, len(a.headers))
	for i, h := range a.headers {
		names[i] = h.name
	}
	return names
}

// Presents reports whether a trusted peer sends an identity header, whatever is in it.
func (a *Authenticator) Presents(r authz.Request) bool { return len(a.believed(r)) > 0 }

// Authenticate reads the account that the header names on every call.
func (a *Authenticator) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	username, err := a.username(r)
	if err != nil {
		return authz.Principal{}, credential.Unauthenticated(err)
	}
	return credential.Named(ctx, a.accounts, username, authz.ByIdentityHeader)
}

func (a *Authenticator) username(r authz.Request) (string, error) {
	switch believed := a.believed(r); len(believed) {
	case 0:
		return "", credential.ErrAbsent
	case 1:
		return believed[0].username(r)
	default:
		return "", credential.ErrSeveral
	}
}

// believed are the identity headers of the request that its peer may send.
func (a *Authenticator) believed(r authz.Request) (all []header) {
	var c *certificate.Certificate
	read := false
	for _, h := range a.headers {
		if !r.Headers.Has(h.name) {
			continue
		}
		if !read {
			c, read = a.certificate(r), true
		}
		if slices.ContainsFunc(h.peers, func(p peer) bool { return p.is(r, c) }) {
			all = append(all, h)
		}
	}
	return all
}

// certificate is the peer's; nil when it has none that is valid now.
func (a *Authenticator) certificate(r authz.Request) *certificate.Certificate {
	if r.Certificate == "" {
		return nil
	}
	c, err := a.reader.Read(r.Certificate)
	if err != nil || c.Current(a.now()) != nil {
		return nil
	}
	return c
}

var _ credential.Scheme = (*Authenticator)(nil)
