package bootstrap

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// OAuth2 signs browsers in at an OpenID provider, with Envoy's OAuth2 filter. The zero value does not. Then AuthorizationEndpoint, TokenEndpoint,
// ClientID, ClientSecret and HMACSecret are needed.
type OAuth2 struct {
	AuthorizationEndpoint string // where browsers are sent to sign in: a URL
	TokenEndpoint         string // where Envoy trades codes for tokens: https, or http on a loopback address
	EndSessionEndpoint    string // where browsers that sign out are sent; "" leaves them signed in at the provider
	ClientID              string
	// ClientSecret and HMACSecret are files in the format of Envoy's secret discovery (SDS), with one generic secret each, called
	// oauth2-client-secret and oauth2-hmac-secret. Envoy reads them again when they change.
	ClientSecret string
	HMACSecret   string
	Scopes       []string // openid, profile and email unless set; with offline_access, sessions are prolonged without the browser
	// IDToken has the ID token for a credential, and not the access token: for providers whose access tokens are no JWTs for us.
	IDToken bool
	CA      string // file with the authorities of the token endpoint's certificate; Debian's unless set
	// PublicURL is this site as browsers see it ("https://mlflow.example.com"), when that is not what reaches Envoy.
	PublicURL string
}

// The paths that the filter answers by itself.
const (
	CallbackPath = "/oauth2/callback"
	SignOutPath  = "/oauth2/sign-out"
)

const (
	clientSecretName = "oauth2-client-secret"
	hmacSecretName   = "oauth2-hmac-secret"
	defaultCA        = "/etc/ssl/certs/ca-certificates.crt"
)

func (a OAuth2) on() bool { return a.AuthorizationEndpoint != "" }

func (a OAuth2) withDefaults() OAuth2 {
	if len(a.Scopes) == 0 {
		a.Scopes = []string{"openid", "profile", "email"}
	}
	if a.CA == "" {
		a.CA = defaultCA
	}
	if a.PublicURL == "" { // both are Envoy's: trustNobody sets the scheme, and the host is one of Domains
		a.PublicURL = "%REQ(x-forwarded-proto)%://%REQ(:authority)%"
	}
	return a
}

func (a OAuth2) validate() (errs []error) {
	if !a.on() {
		if a.TokenEndpoint != "" || a.ClientID != "" || a.ClientSecret != "" || a.HMACSecret != "" {
			errs = append(errs, errors.New("oauth2-authorization-endpoint: it is missing, and other oauth2 options are there"))
		}
		return errs
	}
	for _, u := range []struct{ name, value string }{
		{"authorization-endpoint", a.AuthorizationEndpoint},
		{"token-endpoint", a.TokenEndpoint},
		{"end-session-endpoint", a.EndSessionEndpoint},
		{"public-url", a.PublicURL},
	} {
		optional := u.name == "end-session-endpoint" || u.name == "public-url"
		if err := secureURL(u.value); err != nil && (u.value != "" || !optional) {
			errs = append(errs, fmt.Errorf("oauth2-%s: %w", u.name, err))
		}
	}
	if u, err := url.Parse(a.PublicURL); err == nil && (u.Path != "" || u.RawQuery != "") {
		errs = append(errs, fmt.Errorf("oauth2-public-url: %q: scheme and host alone", a.PublicURL))
	}
	if a.ClientID == "" {
		errs = append(errs, errors.New("oauth2-client-id: it is empty"))
	}
	for _, f := range []struct{ name, path string }{{"client-secret", a.ClientSecret}, {"hmac-secret", a.HMACSecret}, {"ca", a.CA}} {
		if !filepath.IsAbs(f.path) && (f.path != "" || f.name != "ca") {
			errs = append(errs, fmt.Errorf("oauth2-%s: %q is not the absolute path of a file", f.name, f.path))
		}
	}
	return errs
}

// secureURL refuses what would send codes and tokens over the network in the clear.
func secureURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || strings.Contains(text, "%") {
		return fmt.Errorf("%q is not a URL", text)
	}
	a, err := netip.ParseAddr(u.Hostname())
	if loopback := u.Hostname() == "localhost" || err == nil && a.IsLoopback(); u.Scheme == "https" || u.Scheme == "http" && loopback {
		return nil
	}
	return fmt.Errorf("%q must begin with https://", text)
}
