package bootstrap

import (
	"strings"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	oauth2v3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/oauth2/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const oauth2Filter = "envoy.filters.http.oauth2"

// signIn turns a browser's session into a bearer token before the check, which believes the token and not the session. It lets nothing through
// by itself, and three kinds of requests pass it by:
//
//   - one with an Authorization header brings its own credential, which stays as it is;
//   - one without Sec-Fetch-Mode is no browser's: it goes on to the check, which has a challenge that API clients understand. (Browsers send the
//     header wherever Secure cookies work, and no page can keep it from being sent.)
//   - one that a page makes (fetch, image, script) is answered 401, without the challenge that would open a password prompt: a page cannot follow
//     a redirect to another site.
//
// What is left, a browser on its way to a page, is sent to sign in.
func signIn(o Options) *oauth2v3.OAuth2 {
	a := o.OAuth2
	c := &oauth2v3.OAuth2Config{
		TokenEndpoint: &corev3.HttpUri{
			Uri: a.TokenEndpoint, HttpUpstreamType: &corev3.HttpUri_Cluster{Cluster: providerCluster}, Timeout: durationpb.New(5 * time.Second),
		},
		AuthorizationEndpoint: a.AuthorizationEndpoint,
		EndSessionEndpoint:    a.EndSessionEndpoint,
		Credentials: &oauth2v3.OAuth2Credentials{
			ClientId:       a.ClientID,
			TokenSecret:    discoveredSecret(clientSecretName, a.ClientSecret),
			TokenFormation: &oauth2v3.OAuth2Credentials_HmacSecret{HmacSecret: discoveredSecret(hmacSecretName, a.HMACSecret)},
			CookieNames:    cookieNames(),
		},
		RedirectUri:            a.PublicURL + CallbackPath,
		RedirectPathMatcher:    exactPath(CallbackPath),
		SignoutPath:            exactPath(SignOutPath),
		AllowedRedirectDomains: redirectDomains(o.Domains),
		AuthScopes:             a.Scopes,
		PassThroughMatcher:     []*routev3.HeaderMatcher{present("authorization")},
		AllowFailedMatcher:     []*routev3.HeaderMatcher{absent("sec-fetch-mode")},
		DenyRedirectMatcher:    []*routev3.HeaderMatcher{other("sec-fetch-mode", "navigate")},
		CookieConfigs:          cookieConfigs(),
		TokenCookieChunking:    &oauth2v3.TokenCookieChunking{MaxChunks: wrapperspb.UInt32(8)},
	}
	if a.IDToken {
		c.ForwardIdToken = &oauth2v3.OAuth2TokenForwarding{Header: "authorization"}
	} else {
		c.ForwardBearerToken = true
	}
	if a.PublicURL != (OAuth2{}).withDefaults().PublicURL {
		c.OriginalRequestUri = a.PublicURL
	}
	return &oauth2v3.OAuth2{Config: c}
}

// cookieNames begin with what browsers take from this very host alone, and only as Secure: no neighbouring site can plant a session.
func cookieNames() *oauth2v3.OAuth2Credentials_CookieNames {
	const prefix = "__Host-mlflow-"
	return &oauth2v3.OAuth2Credentials_CookieNames{
		BearerToken: prefix + "token", OauthHmac: prefix + "hmac", OauthExpires: prefix + "expires", IdToken: prefix + "id",
		RefreshToken: prefix + "refresh", OauthNonce: prefix + "nonce", CodeVerifier: prefix + "verifier",
	}
}

// cookieConfigs keep cookies from requests that other sites make, but for a click on a link: after one, and after signing in, the browser comes
// from another site, so that with Strict it would be sent to sign in for ever.
func cookieConfigs() *oauth2v3.CookieConfigs {
	lax := &oauth2v3.CookieConfig{SameSite: oauth2v3.CookieConfig_LAX, Path: "/"}
	return &oauth2v3.CookieConfigs{
		BearerTokenCookieConfig: lax, OauthHmacCookieConfig: lax, OauthExpiresCookieConfig: lax, IdTokenCookieConfig: lax,
		RefreshTokenCookieConfig: lax, OauthNonceCookieConfig: lax, CodeVerifierCookieConfig: lax,
	}
}

// redirectDomains are the hosts that a browser may be sent back to.
func redirectDomains(domains []string) (out []string) {
	for _, d := range domains {
		out = append(out, strings.Trim(d, "[]"))
	}
	return out
}

// discoveredSecret looks at its file every so often, which is sturdier than waiting for a move: files are also written in place, and behind the
// symbolic links that Kubernetes mounts secrets by.
func discoveredSecret(name, path string) *tlsv3.SdsSecretConfig {
	return &tlsv3.SdsSecretConfig{Name: name, SdsConfig: &corev3.ConfigSource{
		ResourceApiVersion: corev3.ApiVersion_V3,
		ConfigSourceSpecifier: &corev3.ConfigSource_PathConfigSource{
			PathConfigSource: &corev3.PathConfigSource{Path: path, PollInterval: durationpb.New(5 * time.Second)},
		},
	}}
}

func exactPath(path string) *matcherv3.PathMatcher {
	return &matcherv3.PathMatcher{Rule: &matcherv3.PathMatcher_Path{
		Path: &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: path}},
	}}
}

func present(header string) *routev3.HeaderMatcher {
	return &routev3.HeaderMatcher{Name: header, HeaderMatchSpecifier: &routev3.HeaderMatcher_PresentMatch{PresentMatch: true}}
}

func absent(header string) *routev3.HeaderMatcher {
	m := present(header)
	m.InvertMatch = true
	return m
}

func other(header, value string) *routev3.HeaderMatcher {
	return &routev3.HeaderMatcher{
		Name: header, InvertMatch: true,
		HeaderMatchSpecifier: &routev3.HeaderMatcher_StringMatch{
			StringMatch: &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_Exact{Exact: value}},
		},
	}
}

// concealSessions keeps from MLflow what the filter knows a browser by: MLflow has no cookies of its own.
func concealSessions(o Options, routes []*routev3.Route) {
	if !o.OAuth2.on() {
		return
	}
	for _, r := range routes {
		if r.GetRoute().GetCluster() == mlflowCluster {
			r.RequestHeadersToRemove = append(r.RequestHeadersToRemove, "cookie", "x-envoy-oauth-status", "x-envoy-oauth-failure-reason")
		}
	}
}
