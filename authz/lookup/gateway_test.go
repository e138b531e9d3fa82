package lookup

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"extauthz/authz"
)

// TestResolveGateway against what MLflow 3.18.0 answered (testdata/record_gateway.py).
func TestResolveGateway(t *testing.T) {
	ids, _, resolver := serveRecorded(t, "testdata/gateway-3.18.0.json")
	in := func(kind authz.Kind, id string) []authz.Resource { return []authz.Resource{authz.InDefault(kind, id)} }
	for _, c := range []struct {
		ref    authz.Ref
		want   []authz.Resource
		vacant bool
		reason authz.Reason
	}{
		{authz.Ref{Kind: authz.RefGatewayEndpointName, ID: "chat"}, in(authz.GatewayEndpoint, ids["chat"]), false, ""},
		{authz.Ref{Kind: authz.RefGatewayEndpointName, ID: "CHAT"}, nil, false, authz.UnknownResource},
		{authz.Ref{Kind: authz.RefGatewayEndpointName, ID: "nobody"}, nil, false, authz.UnknownResource},
		{authz.Ref{Kind: authz.RefGuardrail, ID: ids["guardrail"]}, append(in(authz.Experiment, "1"), in(authz.Scorer, "1/is%20it%20polite%3F")...), false, ""},
		{authz.Ref{Kind: authz.RefGuardrail, ID: "gr-0"}, nil, false, authz.UnknownResource},
		{authz.Ref{Kind: authz.RefExperimentToBe, ID: "gateway/taken"}, in(authz.Experiment, "2"), false, ""},
		{authz.Ref{Kind: authz.RefExperimentToBe, ID: "gateway/free"}, in(authz.Experiment, "*"), true, ""},
		// An endpoint logs into its experiment, else into the one of its name, which may be another's.
		{authz.Ref{Kind: authz.RefTracedEndpoint, ID: ids["chat"]}, in(authz.GatewayEndpoint, ids["chat"]), false, ""},
		{authz.Ref{Kind: authz.RefTracedEndpoint, ID: ids["chat"], Experiment: "gateway/taken"}, in(authz.GatewayEndpoint, ids["chat"]), false, ""},
		{authz.Ref{Kind: authz.RefTracedEndpoint, ID: ids["taken"]}, in(authz.Experiment, "2"), false, ""},
		{authz.Ref{Kind: authz.RefTracedEndpoint, ID: ids["quiet"]}, in(authz.Experiment, "*"), true, ""},
		{authz.Ref{Kind: authz.RefTracedEndpoint, ID: ids["quiet"], Experiment: "gateway/taken"}, in(authz.Experiment, "2"), false, ""},
		{authz.Ref{Kind: authz.RefTracedEndpoint, ID: "e-0"}, nil, false, authz.UnknownResource},
		{authz.Ref{Kind: authz.RefMCPServerToBe, ID: "com.example/srv"}, in(authz.MCPServer, "com.example/srv"), false, ""},
		{authz.Ref{Kind: authz.RefMCPServerToBe, ID: "com.example/free"}, in(authz.MCPServer, "com.example/free"), true, ""},
		{authz.Ref{Kind: authz.RefSkillToBe, ID: "@acme/review"}, in(authz.Skill, "@acme/review"), false, ""},
		{authz.Ref{Kind: authz.RefSkillToBe, ID: "free"}, in(authz.Skill, "free"), true, ""},
	} {
		got, err := resolver.Resolve(t.Context(), c.ref)
		if reason(err) != c.reason || c.reason == "" && (!slices.Equal(got.Resources, c.want) || got.Vacant != c.vacant) {
			t.Errorf("%+v: %+v, %v; want %v %s", c.ref, got, err, c.want, c.reason)
		}
	}
}

// TestNamedInGateway: what has an id that MLflow makes up is found by that and by its name. One that has been changed since may have got
// its name from somebody else's rename.
func TestNamedInGateway(t *testing.T) {
	ids, client, _ := serveRecorded(t, "testdata/gateway-3.18.0.json")
	for _, c := range []struct {
		kind     authz.Kind
		name, id string
		altered  bool
	}{
		{authz.GatewaySecret, "key", ids["secret"], false},
		{authz.GatewaySecret, ids["secret"], ids["secret"], false},
		{authz.GatewaySecret, "model", "", false},
		{authz.GatewayModelDefinition, "model", ids["model"], false},
		{authz.GatewayModelDefinition, "key", "", false},
		{authz.GatewayEndpoint, "chat", ids["chat"], false},
		{authz.GatewayEndpoint, "changed", ids["changed"], true},
		{authz.GatewayEndpoint, "first", "", false},
		{authz.MCPServer, "com.example/srv", "com.example/srv", false},
		{authz.MCPServer, "com.example/free", "", false},
		{authz.Skill, "review", "review", false},
		{authz.Skill, "@acme/review", "@acme/review", false},
	} {
		n, err := client.Named(t.Context(), authz.InDefault(c.kind, c.name))
		if err != nil || n.ID != c.id || n.Exists != (c.id != "") || n.Altered != c.altered || n.Exists && (n.Kind != c.kind || n.Created.Year() != 2026) {
			t.Errorf("%s %s: %+v, %v", c.kind, c.name, n, err)
		}
	}
}

// TestNamesAreCompared: a database that ignores case finds another endpoint, MCP server or skill than was named.
func TestNamesAreCompared(t *testing.T) {
	_, client, resolver := serve(t, func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprint(w, `{"endpoint":{"endpoint_id":"e-1","name":"chat"},"name":"com.example/srv","guardrail":{"guardrail_id":"gr-1"}}`)
		return true
	})
	for _, ref := range []authz.Ref{
		{Kind: authz.RefGatewayEndpointName, ID: "CHAT"},
		{Kind: authz.RefTracedEndpoint, ID: "E-1"},
		{Kind: authz.RefGuardrail, ID: "GR-1"},
		{Kind: authz.RefGuardrail, ID: "gr-1"}, // it tells no scorer
		{Kind: authz.RefMCPServerToBe, ID: "com.example/SRV"},
	} {
		if got, err := resolver.Resolve(t.Context(), ref); reason(err) != authz.LookupFailed {
			t.Errorf("%+v: %+v, %v", ref, got, err)
		}
	}
	if got, err := resolver.Resolve(t.Context(), authz.Ref{Kind: authz.RefGatewayEndpointName, ID: "chat"}); err != nil || got.Resources[0].ID != "e-1" {
		t.Errorf("%+v, %v", got, err)
	}
	if n, err := client.Named(t.Context(), authz.InDefault(authz.MCPServer, "com.example/srv")); err != nil || !n.Exists {
		t.Errorf("%+v, %v", n, err)
	}
}
