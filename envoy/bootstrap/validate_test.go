package bootstrap_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"extauthz/envoy/bootstrap"
	"extauthz/internal/testbed"
)

func TestEnvoyAcceptsTheConfiguration(t *testing.T) {
	envoy := testbed.Envoy(t)
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
			path := filepath.Join(t.TempDir(), "envoy.json")
			if err := os.WriteFile(path, config, 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(envoy, "--mode", "validate", "--log-level", "warning", "-c", path).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
