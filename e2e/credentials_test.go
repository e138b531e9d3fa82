package e2e

import (
	"bytes"
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// TestCredentials sends every kind of credential with MLflow's client, and then looks for them in everything that was written down.
func TestCredentials(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret, sealing := filepath.Join(dir, "access-key-secret"), "a secret of the end-to-end tests, of more than 32 bytes"
	if err := os.WriteFile(secret, []byte(sealing+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, v := range []testbed.Version{testbed.Newest, testbed.Oldest} {
		t.Run(string(v), func(t *testing.T) {
			kept := filepath.Join(t.TempDir(), "secrets")
			s := testbed.Start(t, testbed.Options{
				MLflow: v, SecretKey: "the secret key that all replicas share",
				Env: []string{"EXTAUTHZ_ACCESS_KEY_SECRET_FILE=" + secret, "EXTAUTHZ_TOKEN_HEADER=X-Api-Key", "EXTAUTHZ_LOG_ALLOWED=true"},
			})
			tell(t, s, v, "credentials.py", testbed.WithSigner(t, v), "SECRETS="+kept)
			canaries := append(lines(t, kept), sealing, "the secret key that all replicas share")
			if len(canaries) < 12 {
				t.Fatalf("the story left %d secrets to look for", len(canaries))
			}
			sing(t, s, canaries)
		})
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// sing looks for each canary, as it is and in base64, in every file of the stack (logs of all parts, the store, MLflow's database and artifacts,
// Envoy's configuration) and in the metrics.
func sing(t *testing.T, s *testbed.Stack, canaries []string) {
	t.Helper()
	looked := 0
	look := func(where string, text []byte) {
		looked++
		for _, canary := range canaries {
			for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary))[:len(canary)*4/3-2]} {
				if bytes.Contains(text, []byte(form)) {
					t.Errorf("%s has a secret in it: %s…", where, canary[:6])
				}
			}
		}
	}
	err := filepath.WalkDir(s.DataDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // it is gone already, or a socket
		}
		if text, err := os.ReadFile(path); err == nil {
			look(path, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	look("/metrics", metrics(t, s))
	if looked < 10 {
		t.Errorf("only %d places were looked at", looked)
	}
}

func metrics(t *testing.T, s *testbed.Stack) []byte {
	t.Helper()
	response, err := http.Get("http://" + s.Diagnostics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !bytes.Contains(text, []byte("extauthz_checks_total")) {
		t.Fatalf("%v: %s", err, text)
	}
	return text
}
