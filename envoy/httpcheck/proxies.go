package httpcheck

import (
	"net/http"
	"strings"

	"extauthz/authz"
)

// The headers of each proxy. A client's own are overwritten by the proxy's configuration: see docs/how-to/ingress-*.md.
var (
	nginxHeaders   = []string{"X-Original-Uri", "X-Original-Method", "X-Original-Body", "X-Real-Ip", "X-Original-Url"}
	forwardHeaders = []string{"X-Forwarded-Uri", "X-Forwarded-Method", "X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix"}
)

// nginx reads what the configuration sets with proxy_set_header, which takes the place of what a client sent. $request_uri is the target as it
// was sent, and what MLflow must get; $uri has been decoded and is neither.
//
// The controller ingress-nginx writes X-Original-URL always and X-Original-URI only with auth-method set; without, the latter would be the
// client's. So where there are both they must agree.
func nginx(h http.Header, r *http.Request) (original, error) {
	l := lines{header: h}
	o := original{
		method: l.one("X-Original-Method"), target: l.one("X-Original-Uri"), source: l.one("X-Real-Ip"), host: r.Host, own: nginxHeaders,
		body: carried{how: bodies(l.one("X-Original-Body"))},
	}
	if _, there := h["X-Original-Url"]; there && l.err == nil && !locates(l.one("X-Original-Url"), o.target) && l.err == nil {
		l.err = untold("X-Original-URI and X-Original-URL of one request")
	}
	return o, l.err
}

// locates reports whether the URL is "scheme://host" and then that target.
func locates(url, target string) bool {
	before, ok := strings.CutSuffix(url, target)
	_, host, schemed := strings.Cut(before, "://")
	return ok && schemed && !strings.ContainsAny(host, "/?#")
}

// forwardAuth reads what Traefik and Caddy write, in place of what their client sent, unless they are told to trust it
// (trustForwardHeader, trusted_proxies): then X-Forwarded-For may have several addresses, and the request is refused.
//
// A body that is empty may be one that a Traefik without forwardBody keeps, which the path alone promises it does not: it is no body that came.
//
// Traefik turns each ';' of a query into '&' on the way to MLflow, so that a pair which is part of a value here is one of its own there.
func forwardAuth(body bodies) proxy {
	return func(h http.Header, r *http.Request) (original, error) {
		l := lines{header: h}
		o := original{
			method: l.one("X-Forwarded-Method"), target: l.one("X-Forwarded-Uri"), host: l.one("X-Forwarded-Host"), source: l.one("X-Forwarded-For"),
			body: carried{how: body}, own: forwardHeaders,
		}
		if r.ContentLength == 0 && !reads(o.method) {
			o.body.how = bodyWithheld
		}
		if _, query, _ := strings.Cut(o.target, "?"); l.err == nil && strings.Contains(query, ";") {
			l.err = authz.Refuse(authz.AmbiguousQuery, "The query string is ambiguous: it has a ';', which the proxy makes a '&'. Send it as %3B.")
		}
		return o, l.err
	}
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }
