package httpcheck

import (
	"net/http"
	"net/netip"
	"strings"

	"extauthz/authz"
)

// original is what a proxy says of the request that it asks about.
type original struct {
	method, target, host, source string
	body                         carried
	own                          []string // the names of the headers that said so, which are none of the request's
}

// proxy reads its own headers, each of which must be there once.
type proxy func(h http.Header, r *http.Request) (original, error)

// request is what the check decides. Its headers are those of the client, without the proxy's own and without what frames the proxy's message to
// us. None of these proxies filters responses.
func (o original) request(r *http.Request) (authz.Request, error) {
	a := authz.Request{Method: o.method, Target: o.target, Host: o.host, Headers: o.headers(r.Header)}
	a.ID, _ = a.Headers.One("x-request-id")
	a.Proxy.WithholdsBody = o.body.how == bodyWithheld
	var err error
	if a.Source, err = netip.ParseAddr(o.source); err != nil {
		return a, untold("the client's address, and that alone: it must not believe what the client says of it")
	}
	a.Source = a.Source.Unmap().WithZone("")
	for _, check := range []func(authz.Request) error{methodIsToken, targetIsPath, namesAreUnambiguous} {
		if err := check(a); err != nil {
			return a, err
		}
	}
	return a, nil
}

// hopByHop are headers between the proxy and us. Not among them are those by which package envoy refuses a request: Upgrade, and Envoy's word
// that a body is partial.
var hopByHop = []string{
	"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", // of HTTP
	"X-Envoy-Expected-Rq-Timeout-Ms", "X-Envoy-Internal", // of Envoy's own request
}

func (o original) headers(from http.Header) authz.Headers {
	h := make(authz.Headers, len(from))
	for name, lines := range from {
		h[strings.ToLower(name)] = lines
	}
	for _, names := range [][]string{hopByHop, o.own} {
		for _, name := range names {
			delete(h, strings.ToLower(name))
		}
	}
	return h
}

func methodIsToken(r authz.Request) error {
	if r.Method == "" || len(r.Method) > 32 || strings.ContainsFunc(r.Method, func(c rune) bool { return c < 'A' || c > 'Z' }) {
		return untold("the request's method as it was sent")
	}
	return nil
}

// targetIsPath refuses an absolute URI, and bytes that have no place in a request line: a proxy may split there, or cut off, what we would not.
func targetIsPath(r authz.Request) error {
	if !strings.HasPrefix(r.Target, "/") || strings.ContainsFunc(r.Target, func(c rune) bool { return c <= ' ' || c >= 0x7f }) {
		return authz.Refuse(authz.AmbiguousPath, "The request's target must be a path that begins with a slash, with a query or none, in printable ASCII.")
	}
	return nil
}

// namesAreUnambiguous refuses names that WSGI cannot tell from others: "x_mlflow_workspace" from "x-mlflow-workspace". A proxy that takes the one
// out lets the other pass.
func namesAreUnambiguous(r authz.Request) error {
	for name := range r.Headers {
		if strings.Contains(name, "_") {
			return authz.Refuse(authz.InvalidParameter, "Send no header with an underscore in its name: MLflow's server takes it for another one.")
		}
	}
	return nil
}

func untold(what string) error {
	return authz.Refuse(authz.ProxyHeaders, "The proxy must tell extauthz "+what+".")
}
