package bootstrap

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/golden"
)

// signingIn is the fixture with single sign-on.
func signingIn(change ...func(*OAuth2)) Options {
	o := fixture
	o.OAuth2 = OAuth2{
		AuthorizationEndpoint: "https://login.example.com/authorize", TokenEndpoint: "https://login.example.com/token",
		EndSessionEndpoint: "https://login.example.com/logout", ClientID: "mlflow",
		ClientSecret: "/etc/envoy/client-secret.yaml", HMACSecret: "/etc/envoy/hmac-secret.yaml",
	}
	for _, c := range change {
		c(&o.OAuth2)
	}
	return o
}

func TestBadSignInNamesTheFlag(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*OAuth2)
		want   string
	}{
		{"codes in the clear", func(a *OAuth2) { a.TokenEndpoint = "http://login.example.com/token" }, "oauth2-token-endpoint:"},
		{"passwords in the clear", func(a *OAuth2) { a.AuthorizationEndpoint = "http://login.example.com" }, "oauth2-authorization-endpoint:"},
		{"no token endpoint", func(a *OAuth2) { a.TokenEndpoint = "" }, "oauth2-token-endpoint:"},
		{"a sign-out that is no URL", func(a *OAuth2) { a.EndSessionEndpoint = "logout" }, "oauth2-end-session-endpoint:"},
		{"a public URL with a path", func(a *OAuth2) { a.PublicURL = "https://mlflow.example.com/x" }, "oauth2-public-url:"},
		{"a public URL that Envoy would expand", func(a *OAuth2) { a.PublicURL = "https://%REQ(x-any)%" }, "oauth2-public-url:"},
		{"no client", func(a *OAuth2) { a.ClientID = "" }, "oauth2-client-id:"},
		{"no client secret", func(a *OAuth2) { a.ClientSecret = "" }, "oauth2-client-secret-file:"},
		{"a relative path", func(a *OAuth2) { a.HMACSecret = "hmac.yaml" }, "oauth2-hmac-secret-file:"},
		{"a relative CA", func(a *OAuth2) { a.CA = "ca.pem" }, "oauth2-ca-file:"},
		{"nowhere to sign in", func(a *OAuth2) { a.AuthorizationEndpoint = "" }, "oauth2-authorization-endpoint:"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Render(signingIn(tc.change)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %q", err, tc.want)
			}
		})
	}
}

// TestSignInGolden is the review diff of what single sign-on adds: its filter, its cluster, and the challenge.
func TestSignInGolden(t *testing.T) {
	const path = "testdata/oauth2.json"
	var root any
	if err := json.Unmarshal(render(t, signingIn()), &root); err != nil {
		t.Fatal(err)
	}
	found := map[string]any{}
	walk("", root, func(path string, v any) {
		switch {
		case strings.HasSuffix(path, ".local_reply_config"):
			found["local_reply_config"] = v
		case isNamed(v, oauth2Filter), isNamed(v, providerCluster):
			found[v.(map[string]any)["name"].(string)] = v
		}
	})
	got, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, path, string(got)+"\n")
}

func isNamed(v any, name string) bool {
	m, ok := v.(map[string]any)
	return ok && m["name"] == name
}

// TestSessionsStayHere: MLflow, whose access logs and plugins are anybody's, sees no cookie; without single sign-on it sees its own.
func TestSessionsStayHere(t *testing.T) {
	for _, o := range []Options{fixture, signingIn()} {
		var root any
		if err := json.Unmarshal(render(t, o), &root); err != nil {
			t.Fatal(err)
		}
		routes := 0
		walk("", root, func(path string, v any) {
			r, ok := v.(map[string]any)
			if action, toMLflow := r["route"].(map[string]any); ok && toMLflow && action["cluster"] == mlflowCluster {
				routes++
				removed, _ := r["request_headers_to_remove"].([]any)
				if slices.Contains(removed, any("cookie")) != o.OAuth2.on() {
					t.Errorf("%v removes %v", r["name"], removed)
				}
			}
		})
		if routes < 10 {
			t.Errorf("only %d routes to MLflow were looked at", routes)
		}
	}
}

// TestIDTokens for a credential: one of the two goes on, never both.
func TestIDTokens(t *testing.T) {
	for id, config := range map[bool]string{
		false: string(render(t, signingIn())), true: string(render(t, signingIn(func(a *OAuth2) { a.IDToken = true }))),
	} {
		if strings.Contains(config, `"forward_bearer_token": true`) == id || strings.Contains(config, `"forward_id_token"`) != id {
			t.Errorf("ID token %t: not what is forwarded", id)
		}
	}
}
