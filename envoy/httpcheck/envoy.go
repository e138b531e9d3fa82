package httpcheck

import (
	"net/http"
	"strings"
)

// envoyPrefix is Envoy's path_prefix.
const envoyPrefix = "/check"

var envoyHeaders = []string{"X-Original-Body", "X-Real-Ip"}

// envoyHTTP reads Envoy's copy of the request: its method and headers, and its path behind the prefix. The two headers are among Envoy's
// headers_to_add, which take the place of a client's:
//
//	x-original-body: sent %REQ(content-length)%
//	x-real-ip: %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%
//
// X-Forwarded-For of such a request is Envoy's own address, and its Content-Length that of the copy, 0 on a route that sends no bodies.
func envoyHTTP(h http.Header, r *http.Request) (original, error) {
	l := lines{header: h}
	o := original{
		method: r.Method, target: strings.TrimPrefix(r.RequestURI, envoyPrefix), host: r.Host, source: l.one("X-Real-Ip"), own: envoyHeaders,
	}
	how, length, measured := strings.Cut(l.one("X-Original-Body"), " ")
	if strings.ContainsFunc(length, func(c rune) bool { return c < '0' || c > '9' }) {
		return o, untold("the request's Content-Length in X-Original-Body, and that alone")
	}
	o.body = carried{how: bodies(how), length: length, measured: measured, copied: true}
	if o.body.hidden(r) {
		o.body.how = bodyWithheld
	}
	return o, l.err
}

// hidden reports a body that the request may have and the copy has not.
func (c carried) hidden(r *http.Request) bool {
	return c.how == bodySent && r.ContentLength == 0 && (c.measured && c.length != "0" || !c.measured && !reads(r.Method))
}
