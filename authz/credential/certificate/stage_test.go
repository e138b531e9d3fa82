package certificate

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net/url"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/credential/credentialtest"
	"extauthz/internal/pki"
)

// byURI is how the tests' certificates name users.
var byURI = []Rule{{From: URI, Pattern: `spiffe://example\.com/user/(.+)`}}

func newAuthenticator(t testing.TB, w *credentialtest.World, rules ...Rule) *Authenticator {
	t.Helper()
	if rules == nil {
		rules = byURI
	}
	reader, err := NewReader(100)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(Config{Accounts: w, Reader: reader, Rules: rules, Now: w.Now})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// certified is a request whose connection has a certificate, valid for an hour before and after the world's time unless that changes.
func certified(t testing.TB, w *credentialtest.World, change func(*x509.Certificate)) authz.Request {
	t.Helper()
	return authz.Request{ID: "r-1", Method: "GET", Target: "/", Headers: authz.Headers{}, Certificate: certificate(t, w.Now(), change)}
}

func certificate(t testing.TB, now time.Time, change func(*x509.Certificate)) string {
	t.Helper()
	authority, err := pki.NewAuthority("Users", now)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	change(&template)
	pair, err := authority.Issue(template)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pair.TLS()
	if err != nil {
		t.Fatal(err)
	}
	return Encode(c.Leaf)
}

func named(uris ...string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		for _, text := range uris {
			u, err := url.Parse(text)
			if err != nil {
				panic(err)
			}
			c.URIs = append(c.URIs, u)
		}
	}
}

func called(names ...string) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		for _, name := range names {
			c.Subject.ExtraNames = append(c.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: commonName, Value: name})
		}
	}
}
