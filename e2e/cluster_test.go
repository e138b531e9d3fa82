package e2e

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const clusterIssuer = "https://kubernetes.default.svc.cluster.local"

// cluster is what the service sees of a Kubernetes cluster: the tokens that its service accounts have, and the keys, which an API server shows to
// service accounts alone.
type cluster struct {
	dir    string
	key    *rsa.PrivateKey
	server *httptest.Server
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{dir: t.TempDir(), key: key}
	c.server = httptest.NewTLSServer(http.HandlerFunc(c.keys))
	t.Cleanup(c.server.Close)
	c.write(t, "ca.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.server.Certificate().Raw})))
	c.write(t, "token", "token-of-the-services-own-pod")
	return c
}

func (c *cluster) keys(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/openid/v1/jwks" || r.Header.Get("Authorization") != "Bearer token-of-the-services-own-pod" {
		http.Error(w, "Forbidden", http.StatusForbidden)
		return
	}
	n, e := base64url(c.key.N.Bytes()), base64url(big.NewInt(int64(c.key.E)).Bytes())
	fmt.Fprintf(w, `{"keys":[{"use":"sig","kty":"RSA","kid":"cluster","alg":"RS256","n":%q,"e":%q}]}`, n, e)
}

// token is what `kubectl create token` and projected volumes have, field by field.
func (c *cluster) token(t *testing.T, namespace, account, audience string, life time.Duration) string {
	t.Helper()
	now := time.Now()
	claims, err := json.Marshal(map[string]any{
		"aud": []string{audience}, "exp": now.Add(life).Unix(), "iat": now.Unix(), "nbf": now.Unix(), "iss": clusterIssuer,
		"jti": "5a4cf0d1-2b5c-4b93-8f0b-9ed9d8d0f1a1", "sub": "system:serviceaccount:" + namespace + ":" + account,
		"kubernetes.io": map[string]any{
			"namespace":      namespace,
			"node":           map[string]string{"name": "node-1", "uid": "9c0f0b8e-6f58-4c3e-a8f0-7d4f3c2b1a00"},
			"pod":            map[string]string{"name": account + "-0", "uid": "1f0e9d8c-7b6a-4594-8372-615049382716"},
			"serviceaccount": map[string]string{"name": account, "uid": "0a1b2c3d-4e5f-4678-90ab-cdef01234567"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := base64url([]byte(`{"alg":"RS256","kid":"cluster"}`)) + "." + base64url(claims)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64url(signature)
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// kubeconfig is a client's, with a token and a namespace.
func (c *cluster) kubeconfig(t *testing.T, name, namespace, token string) {
	t.Helper()
	c.write(t, name, fmt.Sprintf(`
apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: me, namespace: %s}}]
clusters: [{name: here, cluster: {server: %q}}]
users: [{name: me, user: {token: %q}}]
`, namespace, c.server.URL, token))
}

func (c *cluster) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
