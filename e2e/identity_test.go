package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"extauthz/internal/pki"
	"extauthz/internal/testbed"
)

// trusting is the configuration of a stack that believes proxies: one by its address, one by its certificate.
func trusting(t *testing.T, path, network string) {
	t.Helper()
	text := `
certificates:
- from: uri
  pattern: spiffe://mlflow\.local/user/(.+)
identity_headers:
- name: X-Forwarded-User
  from:
  - network: ` + network + `
- name: X-Proxy-User
  from:
  - certificate: spiffe://mlflow.local/proxy
`
	if err := pki.Replace(path, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// TestIdentityHeaders: Envoy and the service talk from the trusted address themselves, which must lend it to nobody.
func TestIdentityHeaders(t *testing.T) {
	config := filepath.Join(t.TempDir(), "extauthz.yaml")
	trusting(t, config, "127.0.0.1")
	s := testbed.Start(t, testbed.Options{TLS: true, Env: []string{"EXTAUTHZ_CONFIG=" + config}})
	dir := certificates(t, s)
	proxy := client(t, s.Authority(t, testbed.PublicAuthority), "spiffe://mlflow.local/proxy", nil)
	if err := os.WriteFile(filepath.Join(dir, "proxy.pem"), proxy.Bundle(), 0o600); err != nil {
		t.Fatal(err)
	}
	as := func(peer, source string) {
		tell(t, s, testbed.Newest, "identity.py", "PEER="+peer, "SOURCE="+source, "CERTIFICATES="+dir, "MLFLOW_HTTP_REQUEST_MAX_RETRIES=0")
	}
	as("proxy", "127.0.0.1")
	as("anybody", "127.0.0.2")

	before := reloadedAt(t, s)
	trusting(t, config, "10.0.0.0/8")
	eventually(t, "the configuration is reloaded", func() bool { return !bytes.Equal(reloadedAt(t, s), before) })
	as("anybody", "127.0.0.1")
}

func reloadedAt(t *testing.T, s *testbed.Stack) []byte {
	t.Helper()
	for line := range bytes.Lines(metrics(t, s)) {
		if bytes.HasPrefix(line, []byte("extauthz_config_last_reload_success_timestamp_seconds")) {
			return line
		}
	}
	t.Fatal("no metric says when the configuration was read")
	return nil
}
