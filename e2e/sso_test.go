package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// TestSingleSignOn has a browser sign in at an OpenID provider, by Envoy's OAuth2 filter, and MLflow's client go on with what it had. It is
// docs/how-to/sso.md, acted out.
func TestSingleSignOn(t *testing.T) {
	p := newProvider(t)
	act(t, p, "sso.py", p.settings(t))
}

// TestSingleSignOnByIDToken is for providers whose access tokens say nothing to others. Sessions outlive the tokens there.
func TestSingleSignOnByIDToken(t *testing.T) {
	p := newProvider(t)
	act(t, p, "sso_id_token.py", append(p.settings(t),
		"EXTAUTHZ_OAUTH2_ID_TOKEN=true", "EXTAUTHZ_TOKEN_HEADER=X-Extauthz-Id-Token", "EXTAUTHZ_OAUTH2_SCOPE=openid,profile,offline_access",
	), "-life", "10s")
}

// settings are those of the service and of Envoy's configuration, as lines of the environment.
func (p provider) settings(t *testing.T) []string {
	t.Helper()
	p.write(t, "extauthz.yaml", fmt.Sprintf(`
issuers:
- issuer: %s
  audiences: [mlflow]
  username: "{preferred_username}"
  groups: groups
  roles: {ml-leads: leads}
  provision: true
`, p.issuer))
	return []string{
		"EXTAUTHZ_CONFIG=" + p.path("extauthz.yaml"), "EXTAUTHZ_LOG_ALLOWED=true",
		"EXTAUTHZ_OAUTH2_AUTHORIZATION_ENDPOINT=" + p.issuer + "/auth",
		"EXTAUTHZ_OAUTH2_TOKEN_ENDPOINT=http://" + p.listen + "/oauth/token",
		"EXTAUTHZ_OAUTH2_END_SESSION_ENDPOINT=" + p.issuer + "/end_session",
		"EXTAUTHZ_OAUTH2_CLIENT_ID=mlflow",
		"EXTAUTHZ_OAUTH2_CLIENT_SECRET_FILE=" + p.path("client-secret.yaml"),
		"EXTAUTHZ_OAUTH2_HMAC_SECRET_FILE=" + p.path("hmac-secret.yaml"),
	}
}

// act tells a story with the provider, and then looks for what it kept secret.
func act(t *testing.T, p provider, story string, settings []string, ofProvider ...string) {
	t.Helper()
	s := testbed.Start(t, testbed.Options{DefaultPermission: "NO_PERMISSIONS", Env: settings})
	p.start(t, s.URL, ofProvider...)
	shots := os.Getenv("SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	kept := filepath.Join(t.TempDir(), "secrets")
	tell(t, s, testbed.Newest, story, "SCREENSHOTS="+shots, "SECRETS="+kept, "PROVIDER="+p.issuer, "CLIENT_SECRET="+clientSecret,
		"SELENIUM="+filepath.Join(testbed.Root(t), "var", "selenium"))
	sing(t, s, append(lines(t, kept), clientSecret))
}
