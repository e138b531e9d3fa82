package envoy

import (
	"strings"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"extauthz/authz"
)

// partialBody is the header that Envoy adds to a check that has a body.
const partialBody = "x-envoy-auth-partial-body"

// unseen reports a body that is not what MLflow gets, whatever the route promises: a hand-written route may not send it along, and then an
// empty one must not be taken for it; and a check without pack_as_bytes has it as text, in which Envoy writes "!" for each byte that is no
// UTF-8. Without this, either would hide from the check what MLflow then acts on.
func unseen(http *auth.AttributeContext_HttpRequest, h authz.Headers) bool {
	switch {
	case len(http.GetRawBody()) > 0:
		return false
	case http.GetBody() != "":
		return strings.Contains(http.GetBody(), "!")
	case h.Has(partialBody): // it is empty: Envoy waited for it
		return false
	default:
		return announced(http, h)
	}
}

// announced reports whether a request has or may have a body. In HTTP/2 one needs no announcement.
func announced(http *auth.AttributeContext_HttpRequest, h authz.Headers) bool {
	if length, once := h.One("content-length"); h.Has("content-length") {
		return !once || length != "0"
	}
	if h.Has("transfer-encoding") {
		return true
	}
	switch http.GetMethod() {
	case "", "GET", "HEAD":
		return false
	default:
		return !strings.HasPrefix(http.GetProtocol(), "HTTP/1")
	}
}

// misread refuses what the rendered configuration has Envoy refuse before it asks, for proxies that are configured by somebody else. An upgrade
// turns the connection into something else, which the check would not see. An underscore in a header's name is a dash to MLflow's server: a
// client's x_mlflow_workspace would stand beside the workspace that was judged.
func misread(r authz.Request) (authz.Decision, bool) {
	if r.Headers.Has("upgrade") {
		return authz.Decision{Reason: authz.AmbiguousBody, Text: "Send the request without an Upgrade header: an upgraded connection cannot be checked."}, true
	}
	for name := range r.Headers {
		if strings.Contains(name, "_") {
			return authz.Decision{Reason: authz.InvalidParameter, Text: "Send no header with an underscore in its name: MLflow's server takes it for another one."}, true
		}
	}
	return authz.Decision{}, false
}
