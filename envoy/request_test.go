package envoy

import (
	"net/netip"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"extauthz/authz"
)

// checkRequest is a CheckRequest with raw headers, as the rendered configuration makes Envoy send it: pairs of name and value.
func checkRequest(method, path string, body []byte, headers ...string) *auth.CheckRequest {
	http := &auth.AttributeContext_HttpRequest{Method: method, Path: path, RawBody: body, HeaderMap: &core.HeaderMap{}}
	for i := 0; i < len(headers); i += 2 {
		http.HeaderMap.Headers = append(http.HeaderMap.Headers, &core.HeaderValue{Key: headers[i], RawValue: []byte(headers[i+1])})
	}
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{
		Source:  &auth.AttributeContext_Peer{Address: socket("::ffff:10.1.2.3")},
		Request: &auth.AttributeContext_Request{Http: http},
	}}
}

func socket(address string) *core.Address {
	return &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{Address: address}}}
}

func TestRequestWithRawHeaders(t *testing.T) {
	check := checkRequest("POST", "/a?b=c", []byte("{}"), "X-Request-Id", "1", "a", "1", "A", "2", "empty", "", "bytes", "\xff")
	check.Attributes.ContextExtensions = map[string]string{ContextResponse: ResponseFiltered, ContextBody: BodyWithheld}
	check.Attributes.Request.Http.Host = "mlflow.example.com:8443"
	want := authz.Request{
		ID: "1", Method: "POST", Target: "/a?b=c", Host: "mlflow.example.com:8443", Body: []byte("{}"), Source: netip.MustParseAddr("10.1.2.3"), Peer: netip.MustParseAddr("10.1.2.3"),
		Headers: authz.Headers{"x-request-id": {"1"}, "a": {"1", "2"}, "empty": {""}, "bytes": {"\xff"}},
		Proxy:   authz.Proxy{FiltersResponse: true, WithholdsBody: true},
	}
	if diff := cmp.Diff(want, Request(check), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Error(diff)
	}
}

// TestRequestWithJoinedHeaders: without encode_raw_headers, repeated headers come as one, and the body perhaps as text.
func TestRequestWithJoinedHeaders(t *testing.T) {
	check := checkRequest("PUT", "/", nil)
	http := check.Attributes.Request.Http
	http.HeaderMap, http.Headers, http.Body = nil, map[string]string{"authorization": "Basic x,Bearer y", "a": ""}, "text"
	r := Request(check)
	if diff := cmp.Diff(authz.Headers{"authorization": {"Basic x,Bearer y"}, "a": {""}}, r.Headers); diff != "" {
		t.Error(diff)
	}
	if string(r.Body) != "text" || r.ID != "" {
		t.Errorf("body %q, id %q", r.Body, r.ID)
	}
}

// TestRequestTakesNoPromiseFromAClient: what the proxy does with a route is read from its configuration alone.
func TestRequestTakesNoPromiseFromAClient(t *testing.T) {
	check := checkRequest("GET", "/", nil, ContextResponse, ResponseFiltered, ContextBody, BodyWithheld)
	check.Attributes.ContextExtensions = map[string]string{ContextResponse: "yes", ContextBody: "true"}
	if p := Request(check).Proxy; p != (authz.Proxy{}) {
		t.Errorf("%+v", p)
	}
}

// TestRequestOfNothing: whatever Envoy leaves out, there is no panic and nothing that could match a row.
func TestRequestOfNothing(t *testing.T) {
	pipe := checkRequest("GET", "/", nil)
	pipe.Attributes.Source.Address = &core.Address{Address: &core.Address_Pipe{}}
	for _, check := range []*auth.CheckRequest{nil, {}, {Attributes: &auth.AttributeContext{}}, pipe} {
		r := Request(check)
		if r.Source.IsValid() || r.Proxy != (authz.Proxy{}) || len(r.Body) > 0 {
			t.Errorf("%+v", r)
		}
	}
}
