package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// provider is a real OpenID provider, on a site of its own: browsers find it at localhost, and the stack at 127.0.0.1.
type provider struct {
	issuer string
	dir    string
	listen string
}

const clientSecret = "the client secret of the tests of single sign-on"

func newProvider(t *testing.T) provider {
	t.Helper()
	port := testbed.FreePorts(t, 1)[0]
	p := provider{"http://localhost:" + port, t.TempDir(), "127.0.0.1:" + port}
	p.write(t, "client-secret", clientSecret)
	p.secret(t, "client-secret.yaml", "oauth2-client-secret", clientSecret)
	p.secret(t, "hmac-secret.yaml", "oauth2-hmac-secret", "a secret that seals the sessions of the tests")
	users := map[string]any{}
	for _, name := range []string{"sue", "sam"} {
		users["id of "+name] = map[string]any{"ID": "id of " + name, "Username": name, "Password": passwordOf(name), "IsAdmin": name == "sue"}
	}
	text, err := json.Marshal(users)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, "users.json", string(text))
	return p
}

// secret is a file as Envoy's secret discovery reads it.
func (p provider) secret(t *testing.T, file, name, value string) {
	t.Helper()
	p.write(t, file, `resources:
- "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
  name: `+name+`
  generic_secret: {secret: {inline_string: "`+value+`"}}
`)
}

func (p provider) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p provider) path(name string) string { return filepath.Join(p.dir, name) }

// start serves until the test ends, for a site at that URL.
func (p provider) start(t *testing.T, site string, more ...string) {
	t.Helper()
	cmd := exec.Command(testbed.Provider(t), append(more, "-listen", p.listen, "-issuer", p.issuer, "-client", "mlflow",
		"-secret", p.path("client-secret"), "-redirect", site+"/oauth2/callback", "-users", p.path("users.json"))...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the provider said:\n%s", output.String())
		}
	})
	eventually(t, "the provider answers", func() bool {
		response, err := http.Get("http://" + p.listen + "/.well-known/openid-configuration")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}
