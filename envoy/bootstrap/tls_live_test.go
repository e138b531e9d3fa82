package bootstrap_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"

	"extauthz/envoy/bootstrap"
	"extauthz/internal/pki"
	"extauthz/internal/testbed"
)

// noting allows everything and keeps what Envoy shows it.
type noting struct {
	authv3.UnimplementedAuthorizationServer
	checks chan *authv3.CheckRequest
}

func (n *noting) Check(_ context.Context, r *authv3.CheckRequest) (*authv3.CheckResponse, error) {
	n.checks <- r
	return &authv3.CheckResponse{Status: &status.Status{}}, nil
}

// secure is the real Envoy with TLS in front of an upstream that answers with the headers that reached it.
type secure struct {
	url    string
	dir    string // of the certificates
	public *pki.Authority
	checks chan *authv3.CheckRequest
}

func startSecure(t *testing.T, change func(*secure, *bootstrap.Options)) *secure {
	t.Helper()
	mlflow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = r.Header.Write(w) }))
	t.Cleanup(mlflow.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &secure{dir: t.TempDir(), public: newAuthority(t), checks: make(chan *authv3.CheckRequest, 100)}
	server := grpc.NewServer()
	authv3.RegisterAuthorizationServer(server, &noting{checks: s.checks})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	s.serve(t, pki.Server("localhost", "127.0.0.1"))
	s.write(t, "ca.pem", s.public.Certificate())

	backend, address := strings.TrimPrefix(mlflow.URL, "http://"), "127.0.0.1:"+testbed.FreePorts(t, 1)[0]
	s.url = "https://" + address
	o := bootstrap.Options{Listen: address, MLflow: backend, Check: listener.Addr().String(), AuthAPI: backend, SecretsDir: s.dir}
	o.TLS = bootstrap.PublicTLS{Certificate: s.path("server.pem"), Key: s.path("server.key"), ClientCA: s.path("ca.pem")}
	if change != nil {
		change(s, &o)
	}
	files, err := bootstrap.Secrets(o)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		s.write(t, name, text)
	}
	startEnvoy(t, o)
	return s
}

func newAuthority(t *testing.T) *pki.Authority {
	t.Helper()
	a, err := pki.NewAuthority("test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *secure) path(name string) string { return filepath.Join(s.dir, name) }

func (s *secure) write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(s.path(name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve puts another server's certificate in place.
func (s *secure) serve(t *testing.T, template x509.Certificate) {
	t.Helper()
	if err := issue(t, s.public, template).Write(s.dir, "server"); err != nil {
		t.Fatal(err)
	}
}

func issue(t *testing.T, a *pki.Authority, template x509.Certificate) pki.Pair {
	t.Helper()
	p, err := a.Issue(template)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func user(t *testing.T, a *pki.Authority, change ...func(*x509.Certificate)) pki.Pair {
	t.Helper()
	template, err := pki.Client("spiffe://example.com/user/alice")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(&template)
	}
	return issue(t, a, template)
}

// get asks with a certificate, or with none for the zero Pair, over a connection of its own.
func (s *secure) get(t *testing.T, client pki.Pair, change ...func(*tls.Config, *http.Request)) (*http.Response, string, error) {
	t.Helper()
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(s.public.Certificate())
	if client.Key != nil {
		// Shown whatever authorities the server asks for: an attacker would.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			c, err := client.TLS()
			return &c, err
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(config, r)
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

// TestClientCertificateReachesTheCheck: Envoy shows the one that it verified; one that is made up in a header never gets in.
func TestClientCertificateReachesTheCheck(t *testing.T) {
	s := startSecure(t, nil)
	forge := func(_ *tls.Config, r *http.Request) {
		r.Header.Set("X-Forwarded-Client-Cert", `Hash=00;Cert="forged";URI=spiffe://example.com/user/admin`)
	}
	for name, client := range map[string]pki.Pair{"with a certificate": user(t, s.public), "with none": {}} {
		t.Run(name, func(t *testing.T) {
			response, body, err := s.get(t, client, forge)
			if err != nil || response.StatusCode != http.StatusOK || response.ProtoMajor != 2 {
				t.Fatalf("%v %v", response, err)
			}
			check := <-s.checks
			if strings.Contains(strings.ToLower(body), "client-cert") || header(check, "x-forwarded-client-cert") != "" {
				t.Errorf("a client's word about its certificate gets in: %q", body)
			}
			seen := check.GetAttributes().GetSource().GetCertificate()
			if (seen != "") != (client.Key != nil) || seen != "" && !strings.HasPrefix(seen, "-----BEGIN%20CERTIFICATE-----%0A") {
				t.Errorf("the check sees %q", seen)
			}
		})
	}
}

// TestCertificatesThatDoNotCount never get as far as a request. The twin is an owner's, in every case.
func TestCertificatesThatDoNotCount(t *testing.T) {
	var revoked pki.Pair
	s := startSecure(t, func(s *secure, o *bootstrap.Options) {
		revoked = user(t, s.public)
		crl, err := s.public.Revoke(revoked)
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, "crl.pem", crl)
		o.TLS.RequireClientCertificate, o.TLS.ClientCRL = true, s.path("crl.pem")
	})
	for name, client := range map[string]pki.Pair{
		"none":                 {},
		"of another authority": user(t, newAuthority(t)),
		"expired": user(t, s.public, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)
		}),
		"not yet valid": user(t, s.public, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
		}),
		"a server's, not a client's": user(t, s.public, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }),
		"revoked":                    revoked,
	} {
		t.Run(name, func(t *testing.T) {
			if response, _, err := s.get(t, client); err == nil {
				t.Errorf("answered with %d", response.StatusCode)
			}
			if response, _, err := s.get(t, user(t, s.public)); err != nil || response.StatusCode != http.StatusOK {
				t.Errorf("the twin: %v %v", response, err)
			}
		})
	}
}

// TestOldTLSIsRefused: 1.2 is the oldest.
func TestOldTLSIsRefused(t *testing.T) {
	s := startSecure(t, nil)
	for version, ok := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		_, _, err := s.get(t, pki.Pair{}, func(c *tls.Config, _ *http.Request) { c.MinVersion, c.MaxVersion = version, version })
		if (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

// TestSourceIsTheSocketsPeer: whatever a client says about its address, the check sees where the connection comes from.
func TestSourceIsTheSocketsPeer(t *testing.T) {
	s := startSecure(t, nil)
	for _, forged := range []map[string]string{
		{"X-Forwarded-For": "10.1.2.3"},
		{"X-Forwarded-For": "10.1.2.3, 127.0.0.1"},
		{"X-Real-Ip": "10.1.2.3", "Forwarded": "for=10.1.2.3", "X-Envoy-External-Address": "10.1.2.3", "X-Envoy-Original-Dst-Host": "10.1.2.3:1"},
		{"X-Envoy-Internal": "true", "True-Client-Ip": "10.1.2.3", "X-Client-Ip": "10.1.2.3", "Cf-Connecting-Ip": "10.1.2.3"},
	} {
		response, _, err := s.get(t, pki.Pair{}, func(_ *tls.Config, r *http.Request) {
			for name, value := range forged {
				r.Header.Set(name, value)
			}
		})
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatal(response, err)
		}
		if at := (<-s.checks).GetAttributes().GetSource().GetAddress().GetSocketAddress().GetAddress(); at != "127.0.0.1" {
			t.Errorf("%v: the check sees %s", forged, at)
		}
	}
}

// TestPublicCertificateIsReadAgain: the next connection gets the new one; a file that is broken changes nothing.
func TestPublicCertificateIsReadAgain(t *testing.T) {
	admin := "127.0.0.1:" + testbed.FreePorts(t, 1)[0]
	s := startSecure(t, func(_ *secure, o *bootstrap.Options) { o.AdminListen = admin })
	serves := func(name string) bool {
		_, _, err := s.get(t, pki.Pair{}, func(c *tls.Config, _ *http.Request) { c.ServerName = name })
		if _, other := errors.AsType[x509.HostnameError](err); err != nil && !other {
			t.Fatal(err)
		}
		return err == nil
	}
	if !serves("127.0.0.1") || serves("renewed.example.com") {
		t.Fatal("the first certificate is another")
	}
	s.write(t, "server.pem", []byte("broken"))
	await(t, "Envoy reads the broken one", func() bool {
		response, err := http.Get("http://" + admin + "/stats?filter=public-certificate.*key_rotation_failed")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return err == nil && len(body) > 0 && !strings.Contains(string(body), ": 0\n")
	})
	if !serves("127.0.0.1") {
		t.Error("the broken file took effect")
	}
	s.serve(t, pki.Server("127.0.0.1", "renewed.example.com"))
	await(t, "Envoy shows the new one", func() bool { return serves("renewed.example.com") })
}

func await(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !happened(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen: " + what)
		}
	}
}
