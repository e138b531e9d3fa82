package envoy

import (
	"testing"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"extauthz/authz"
)

// What a route of somebody's own making may hide from the check.
func TestBodyThatMLflowWouldSeeDifferently(t *testing.T) {
	const sent = "X-Envoy-Auth-Partial-Body"
	for _, tc := range []struct {
		name, protocol, text string
		check                *auth.CheckRequest
		want                 bool
	}{
		{"an HTTP/2 body that is not sent along", "HTTP/2", "", checkRequest("POST", "/", nil), true},
		{"an HTTP/3 body that is not sent along", "HTTP/3", "", checkRequest("PATCH", "/", nil), true},
		{"an announced body that is not sent along", "HTTP/1.1", "", checkRequest("POST", "/", nil, "Content-Length", "5"), true},
		{"a chunked body that is not sent along", "HTTP/1.1", "", checkRequest("POST", "/", nil, "Transfer-Encoding", "chunked"), true},
		{"bytes that Envoy wrote as exclamation marks", "HTTP/1.1", `{"run_id": "!!"}`, checkRequest("POST", "/", nil, sent, "false"), true},
		{"text as it is", "HTTP/1.1", `{"run_id": "a"}`, checkRequest("POST", "/", nil, sent, "false"), false},
		{"bytes as they are", "HTTP/2", "", checkRequest("POST", "/", []byte("{\xff!}"), sent, "false"), false},
		{"an empty body that Envoy waited for", "HTTP/2", "", checkRequest("POST", "/", nil, sent, "false"), false},
		{"no body", "HTTP/1.1", "", checkRequest("POST", "/", nil), false},
		{"an empty body", "HTTP/1.1", "", checkRequest("POST", "/", nil, "Content-Length", "0"), false},
		{"reading", "HTTP/2", "", checkRequest("GET", "/", nil), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			http := tc.check.GetAttributes().GetRequest().GetHttp()
			http.Protocol, http.Body = tc.protocol, tc.text
			if got := Request(tc.check).Proxy.WithholdsBody; got != tc.want {
				t.Errorf("the body is unseen: %v, want %v", got, tc.want)
			}
		})
	}
}

// What the rendered configuration has Envoy refuse, and others' may not.
func TestHeadersThatEscapeTheCheck(t *testing.T) {
	for name, headers := range map[string][]string{
		"an upgrade":                         {"Connection", "upgrade", "Upgrade", "websocket"},
		"a second spelling of the workspace": {"x_mlflow_workspace", "another"},
	} {
		t.Run(name, func(t *testing.T) {
			decision := authz.Decision{Effect: authz.Allowed, Reason: authz.IsAdmin}
			if d := (&decider{decision: decision}); !allows(d.check(t, checkRequest("GET", "/", nil))) {
				t.Error("the request without it is refused")
			}
			if d := (&decider{decision: decision}); allows(d.check(t, checkRequest("GET", "/", nil, headers...))) {
				t.Error("the request is allowed")
			}
		})
	}
}
