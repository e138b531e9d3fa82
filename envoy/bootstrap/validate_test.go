package bootstrap_test

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"extauthz/envoy/bootstrap"
	"extauthz/internal/testbed"
)

func TestEnvoyAcceptsTheConfiguration(t *testing.T) {
	envoy, secret, ca := testbed.Envoy(t), empty(t), authority(t)
	for name, o := range map[string]bootstrap.Options{
		"sidecar": {Listen: "127.0.0.1:5000", MLflow: "127.0.0.1:5001", Check: "unix:///run/check.sock", AuthAPI: "127.0.0.1:5002"},
		"everything set": {
			Listen: "0.0.0.0:8080", MLflow: "mlflow.internal:5000", Check: "extauthz.internal:9191", AuthAPI: "[::1]:8080",
			Domains: []string{"mlflow.example.com"}, StaticPrefix: "/ml.flow", MaxRequestBytes: 1 << 20, MaxResponseBytes: 64 << 20,
			AdminListen: "127.0.0.1:9901", NodeID: "edge-1",
			TLS: bootstrap.PublicTLS{
				Certificate: "/tls/tls.crt", Key: "/tls/tls.key", ClientCA: "/clients/ca.crt", ClientCRL: "/clients/ca.crl", RequireClientCertificate: true,
			},
			ServiceTLS: bootstrap.ServiceTLS{CA: "/internal/ca.crt", Name: "extauthz.internal", Certificate: "/internal/tls.crt", Key: "/internal/tls.key"},
			SecretsDir: t.TempDir(),
			Tracing:    bootstrap.Tracing{Collector: "collector.internal:4317", Percent: 0.5},
			OAuth2: bootstrap.OAuth2{
				AuthorizationEndpoint: "https://login.example.com/authorize", TokenEndpoint: "https://login.example.com/token",
				EndSessionEndpoint: "https://login.example.com/logout", ClientID: "mlflow", Scopes: []string{"openid", "offline_access"},
				ClientSecret: secret, HMACSecret: secret, IDToken: true, PublicURL: "https://mlflow.example.com", CA: ca,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := bootstrap.Render(o)
			if err != nil {
				t.Fatal(err)
			}
			files, err := bootstrap.Secrets(o)
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(o.SecretsDir, name), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			path := write(t, "envoy.json", config)
			if out, err := exec.Command(envoy, "--mode", "validate", "--log-level", "warning", "-c", path).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// empty is a file of no secrets: that it is there is what Envoy looks at.
func empty(t *testing.T) string {
	t.Helper()
	return write(t, "empty.yaml", []byte("resources: []\n"))
}

// authority is a file with a certificate.
func authority(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return write(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

func write(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
