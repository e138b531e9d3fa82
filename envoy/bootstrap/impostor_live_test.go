package bootstrap_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"extauthz/envoy/bootstrap"
	"extauthz/internal/pki"
)

// TestImpostorOfTheService: whoever gets hold of the service's address would allow everything, and read every credential. Envoy tells it nothing.
func TestImpostorOfTheService(t *testing.T) {
	internal, other := newAuthority(t), newAuthority(t)
	named := func(uri string) x509.Certificate {
		template, err := pki.Client(uri)
		if err != nil {
			t.Fatal(err)
		}
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		return template
	}
	const name = "spiffe://example.com/extauthz"
	for _, c := range []struct {
		name    string
		service *pki.Pair // nil for one without TLS
		status  int
	}{
		{"the service", new(issue(t, internal, named(name))), http.StatusOK},
		{"a user of the same authority", new(issue(t, internal, named("spiffe://example.com/user/alice"))), http.StatusServiceUnavailable},
		{"the name by another authority", new(issue(t, other, named(name))), http.StatusServiceUnavailable},
		{"a host by that authority", new(issue(t, internal, pki.Server("127.0.0.1"))), http.StatusServiceUnavailable},
		{"no TLS", nil, http.StatusServiceUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			checks := make(chan *authv3.CheckRequest, 10)
			s := startSecure(t, func(s *secure, o *bootstrap.Options) {
				s.write(t, "internal-ca.pem", internal.Certificate())
				if err := issue(t, internal, named("spiffe://example.com/envoy")).Write(s.dir, "envoy"); err != nil {
					t.Fatal(err)
				}
				o.Check = impostor(t, c.service, checks)
				o.ServiceTLS = bootstrap.ServiceTLS{CA: s.path("internal-ca.pem"), Name: name, Certificate: s.path("envoy.pem"), Key: s.path("envoy.key")}
			})
			response, body, err := s.get(t, user(t, s.public), func(_ *tls.Config, r *http.Request) { r.SetBasicAuth("alice", "a secret") })
			if err != nil || response.StatusCode != c.status {
				t.Errorf("%v %q %v, want %d", response, body, err, c.status)
			}
			if told := len(checks) > 0; told != (c.status == http.StatusOK) {
				t.Errorf("it was told of the request: %v", told)
			}
		})
	}
}

// impostor allows everything, at an address of its own.
func impostor(t *testing.T, pair *pki.Pair, checks chan *authv3.CheckRequest) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var options []grpc.ServerOption
	if pair != nil {
		c, err := pair.TLS()
		if err != nil {
			t.Fatal(err)
		}
		options = append(options, grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{c}, ClientAuth: tls.RequireAnyClientCert})))
	}
	server := grpc.NewServer(options...)
	authv3.RegisterAuthorizationServer(server, &noting{checks: checks})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}
