package api

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"net/netip"
	"testing"

	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
)

// TestFactsAreThoseOfTheWire: a signature covers the host and the target as they were sent.
func TestFactsAreThoseOfTheWire(t *testing.T) {
	r := httptest.NewRequest("GET", "http://mlflow.example.com:8443/api/2.0/mlflow/users/get?username=a%20b", nil)
	facts := (&handler{}).facts(r)
	if facts.Host != "mlflow.example.com:8443" || facts.Headers.Has("host") || facts.Target != r.RequestURI {
		t.Errorf("%+v", facts)
	}
}

// TestCertificatesAreVerifiedOnes: of the connection itself, and not of the proxy that brings what the check has found out.
func TestCertificatesAreVerifiedOnes(t *testing.T) {
	leaf := &x509.Certificate{Raw: []byte("a certificate")}
	shown := []*x509.Certificate{leaf}
	for _, c := range []struct {
		name   string
		state  *tls.ConnectionState
		header [2]string
		want   string
	}{
		{"verified", &tls.ConnectionState{PeerCertificates: shown, VerifiedChains: [][]*x509.Certificate{shown}}, [2]string{}, certificate.Encode(leaf)},
		{"shown and not verified", &tls.ConnectionState{PeerCertificates: shown}, [2]string{}, ""},
		{"none", &tls.ConnectionState{}, [2]string{}, ""},
		{"no TLS", nil, [2]string{}, ""},
		{"a header's", nil, [2]string{"X-Forwarded-Client-Cert", certificate.Encode(leaf)}, ""},
		{"the proxy's", &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{shown}}, [2]string{credential.PrincipalHeader, "sealed"}, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.TLS = c.state
		r.Header.Set(c.header[0], c.header[1])
		if got := (&handler{}).facts(r).Certificate; got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestPeerIsNoHeadersToSay: not even a trusted proxy's, which the source is.
func TestPeerIsNoHeadersToSay(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "127.0.0.1:1234"
	r.Header.Set("X-Forwarded-For", "10.1.2.3")
	facts := (&handler{proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}).facts(r)
	if facts.Peer.String() != "127.0.0.1" || facts.Source.String() != "10.1.2.3" {
		t.Errorf("peer %s, source %s", facts.Peer, facts.Source)
	}
}
