package pki

import (
	"bytes"
	"crypto/x509"
	"testing"
	"time"
)

// TestIssuedCertificatesVerify: also after the authority was written and read back.
func TestIssuedCertificatesVerify(t *testing.T) {
	made, err := NewAuthority("test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := made.Pair()
	if err != nil {
		t.Fatal(err)
	}
	a, err := ParseAuthority(pair)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := a.Issue(Server("localhost", "127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(made.Certificate())
	leaf, err := issued.TLS()
	if err != nil || !bytes.Contains(issued.Bundle(), issued.Key) {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "example.com"}); err == nil {
		t.Error("it verifies for a host that it does not name")
	}
}
