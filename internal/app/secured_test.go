package app

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	grpctls "google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
	"extauthz/internal/pki"
)

// TestWhoReachesTheCheckCanBeAnybody: with credentials that Envoy vouches for, the gRPC listener must know that it is Envoy.
func TestWhoReachesTheCheckCanBeAnybody(t *testing.T) {
	rules := []certificate.Rule{{From: certificate.URI, Pattern: "x/(.+)"}}
	headers := []identity.Header{{Name: "X-User", From: []identity.Peer{{Network: "10.0.0.0/8"}}}}
	mutual := func(c *Config) {
		c.GRPCTLSCert, c.GRPCTLSKey, c.GRPCClientCA, c.GRPCClientNames = "a", "b", "c", []string{"envoy"}
	}
	for _, c := range []struct {
		name   string
		change func(*Config)
		ok     bool
	}{
		{"passwords only", func(*Config) {}, true},
		{"certificates", func(c *Config) { c.Certificates = rules }, false},
		{"identity headers", func(c *Config) { c.IdentityHeaders = headers }, false},
		{"all interfaces", func(c *Config) { c.Certificates, c.GRPCListen = rules, ":9191" }, false},
		{"loopback", func(c *Config) { c.Certificates, c.GRPCListen = rules, "127.0.0.1:9191" }, true},
		{"loopback by IPv6", func(c *Config) { c.Certificates, c.GRPCListen = rules, "[::1]:9191" }, true},
		{"loopback by name", func(c *Config) { c.Certificates, c.GRPCListen = rules, "localhost:9191" }, true},
		{"another name", func(c *Config) { c.Certificates, c.GRPCListen = rules, "localhost.example.com:9191" }, false},
		{"a unix socket", func(c *Config) { c.Certificates, c.GRPCListen = rules, "unix:///run/check.sock" }, true},
		{"Envoy by its name", func(c *Config) { c.Certificates = rules; mutual(c) }, true},
		{"whoever has a certificate", func(c *Config) { c.Certificates = rules; mutual(c); c.GRPCClientNames = nil }, false},
		{"a network that says so", func(c *Config) { c.Certificates, c.TrustGRPCNetwork = rules, true }, true},
		{"TLS on a unix socket", func(c *Config) { mutual(c); c.GRPCListen = "unix:///run/check.sock" }, false},
		{"half of the admin's TLS", func(c *Config) { c.AdminTLSKey = "b" }, false},
	} {
		config := Config{GRPCListen: "0.0.0.0:9191", AdminListen: "127.0.0.1:8080"}
		c.change(&config)
		var p problems
		p.secured(config)
		if err := p.joined(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// trust has an authority, an App with mutual TLS, and a directory with the App's certificate.
func trust(t *testing.T, change func(*Config)) (*App, *pki.Authority) {
	t.Helper()
	authority, err := pki.NewAuthority("test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	server, err := authority.Issue(pki.Server("127.0.0.1"))
	if err == nil {
		err = errors.Join(server.Write(dir, "tls"), pki.Replace(filepath.Join(dir, "ca.pem"), authority.Certificate()))
	}
	if err != nil {
		t.Fatal(err)
	}
	return start(t, func(c *Config) {
		c.GRPCTLSCert, c.GRPCTLSKey, c.GRPCClientCA = filepath.Join(dir, "tls.pem"), filepath.Join(dir, "tls.key"), filepath.Join(dir, "ca.pem")
		c.AdminTLSCert, c.AdminTLSKey, c.AdminClientCA = c.GRPCTLSCert, c.GRPCTLSKey, c.GRPCClientCA
		c.GRPCClientNames = []string{"spiffe://example.com/envoy"}
		c.Certificates = []certificate.Rule{{From: certificate.URI, Pattern: `spiffe://example\.com/user/(.+)`}}
		if change != nil {
			change(c)
		}
	}), authority
}

// as is the TLS of a client with a certificate for that URI; "" has none.
func as(t testing.TB, a *pki.Authority, uri string) *tls.Config {
	t.Helper()
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(a.Certificate())
	if uri == "" {
		return config
	}
	template, err := pki.Client(uri)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := a.Issue(template)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pair.TLS()
	if err != nil {
		t.Fatal(err)
	}
	config.Certificates = []tls.Certificate{c}
	return config
}

// TestUserCannotPoseAsEnvoy: a user's certificate is of the same authority, and opens the admin API, not the check.
func TestUserCannotPoseAsEnvoy(t *testing.T) {
	a, authority := trust(t, nil)
	for uri, ok := range map[string]bool{"spiffe://example.com/envoy": true, "spiffe://example.com/user/admin": false, "": false} {
		conn, err := grpc.NewClient(a.Addrs().GRPC.String(), grpc.WithTransportCredentials(grpctls.NewTLS(as(t, authority, uri))))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{}); (err == nil) != ok {
			t.Errorf("%q: %v", uri, err)
		}
	}
}

// TestCertificatesAtTheAdminAPI: the listener verifies them itself.
func TestCertificatesAtTheAdminAPI(t *testing.T) {
	a, authority := trust(t, nil)
	for _, c := range []struct {
		name, uri, password string
		status              int
	}{
		{"a user's", "spiffe://example.com/user/admin", "", 200},
		{"nobody's", "spiffe://example.com/user/eve", "", 401},
		{"one that names no user", "spiffe://example.com/envoy", "", 401},
		{"one that names no user, with a password", "spiffe://example.com/envoy", longPassword, 200},
		{"a user's with the own password", "spiffe://example.com/user/admin", longPassword, 200},
		{"another's with a password", "spiffe://example.com/user/eve", longPassword, 401},
		{"none", "", "", 401},
		{"none with a password", "", longPassword, 200},
	} {
		status, body := whoami(t, a, as(t, authority, c.uri), func(r *http.Request) {
			if c.password != "" {
				r.SetBasicAuth("admin", c.password)
			}
		})
		if status != c.status || status == 200 && !strings.Contains(body, `"admin"`) {
			t.Errorf("%s: %d %s", c.name, status, body)
		}
	}
}

// TestIdentityHeaderAtTheAdminAPI: of a trusted peer, whatever its X-Forwarded-For says, and of nobody else.
func TestIdentityHeaderAtTheAdminAPI(t *testing.T) {
	for network, want := range map[string]int{"127.0.0.0/8": 200, "10.0.0.0/8": 401} {
		a, authority := trust(t, func(c *Config) {
			c.IdentityHeaders = []identity.Header{{Name: "X-User", From: []identity.Peer{{Network: network}}}}
		})
		for _, forwarded := range []string{"", "10.1.2.3"} {
			status, body := whoami(t, a, as(t, authority, ""), func(r *http.Request) {
				r.Header.Set("X-User", "admin")
				if forwarded != "" {
					r.Header.Set("X-Forwarded-For", forwarded)
				}
			})
			if status != want {
				t.Errorf("%s, forwarded %q: %d %s, want %d", network, forwarded, status, body, want)
			}
		}
	}
}

// whoami asks the admin API who is asking.
func whoami(t *testing.T, a *App, config *tls.Config, change func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+a.Addrs().Admin.String()+"/api/2.0/mlflow/users/current", nil)
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	transport := &http.Transport{TLSClientConfig: config}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
