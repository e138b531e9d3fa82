package e2e

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"extauthz/internal/pki"
	"extauthz/internal/testbed"
)

const userURI = "spiffe://mlflow.local/user/"

// TestTLS is MLflow's client with its variables for certificates.
func TestTLS(t *testing.T) {
	t.Parallel()
	for _, v := range []testbed.Version{testbed.Newest, testbed.Oldest} {
		t.Run(string(v), func(t *testing.T) {
			s := testbed.Start(t, testbed.Options{MLflow: v, TLS: true})
			tell(t, s, v, "tls.py", "CERTIFICATES="+certificates(t, s), "MLFLOW_HTTP_REQUEST_MAX_RETRIES=0") // what is no connection stays none
		})
	}
}

// certificates are files for MLFLOW_TRACKING_SERVER_CERT_PATH and MLFLOW_TRACKING_CLIENT_CERT_PATH, right and wrong ones.
func certificates(t *testing.T, s *testbed.Stack) (dir string) {
	t.Helper()
	dir = t.TempDir()
	public := s.Authority(t, testbed.PublicAuthority)
	other, err := pki.NewAuthority("another", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("ca.pem", public.Certificate())
	put("other-ca.pem", other.Certificate())
	valid := func(from, to time.Duration) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to) }
	}
	for name, c := range map[string]struct {
		by     *pki.Authority
		uri    string
		change func(*x509.Certificate)
	}{
		"alice":   {public, userURI + "alice", nil},
		"bob":     {public, userURI + "bob", nil},
		"admin":   {public, userURI + s.AdminUsername, nil},
		"nobody":  {public, userURI + "nobody-here", nil},
		"service": {public, "spiffe://mlflow.local/service/alice", nil},
		"foreign": {other, userURI + "alice", nil},
		"expired": {public, userURI + "alice", valid(-2*time.Hour, -time.Hour)},
		"early":   {public, userURI + "alice", valid(time.Hour, 2*time.Hour)},
		"server":  {public, userURI + "alice", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }},
	} {
		put(name+".pem", client(t, c.by, c.uri, c.change).Bundle())
	}
	return dir
}

func client(t *testing.T, by *pki.Authority, uri string, change func(*x509.Certificate)) pki.Pair {
	t.Helper()
	template, err := pki.Client(uri)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&template)
	}
	pair, err := by.Issue(template)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
