package testbed

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"

	"extauthz/internal/pki"
)

// The authorities of a stack with TLS: the one that signs what the public sees, and the one of Envoy and the service among themselves.
const (
	PublicAuthority   = "ca"
	InternalAuthority = "internal-ca"
)

// Authority signs as one of the stack's own authorities.
func (s *Stack) Authority(t testing.TB, name string) *pki.Authority {
	t.Helper()
	certificate, err := os.ReadFile(s.TLSFile(name + ".pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(s.TLSFile(name + ".key"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := pki.ParseAuthority(pki.Pair{Certificate: certificate, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TLSFile is the path of a file that e2e/certificates made: "ca.pem", "users/admin.pem".
func (s *Stack) TLSFile(name string) string { return filepath.Join(s.DataDir, "tls", name) }

// Roots trusts the stack's public authority, if there is one.
func (s *Stack) Roots() *tls.Config {
	text, err := os.ReadFile(s.TLSFile(PublicAuthority + ".pem"))
	if err != nil {
		return nil // no TLS
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	return &tls.Config{RootCAs: roots}
}
