package envoy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"extauthz/authz"
)

// decider decides in a fixed way and remembers what it was told.
type decider struct {
	decision authz.Decision
	panics   bool
	asked    bool
	observed []authz.Decision
}

func (d *decider) Authorize(context.Context, authz.Request) authz.Decision {
	d.asked = true
	if d.panics {
		panic("secret")
	}
	return d.decision
}

func (d *decider) Observe(_ context.Context, _ authz.Request, x authz.Decision) {
	d.observed = append(d.observed, x)
}

func (d *decider) check(t *testing.T, r *auth.CheckRequest) *auth.CheckResponse {
	t.Helper()
	resp, err := (&Checker{Authorizer: d, Observer: d}).Check(context.Background(), r)
	if err != nil {
		t.Fatalf("Envoy would answer for us: %v", err)
	}
	if _, err := proto.Marshal(resp); err != nil {
		t.Fatal(err)
	}
	if len(d.observed) != 1 {
		t.Errorf("observed %d decisions", len(d.observed))
	}
	return resp
}

// allows is how Envoy reads a CheckResponse: no status, or one of 0, allows.
func allows(r *auth.CheckResponse) bool { return r.GetStatus().GetCode() == int32(codes.OK) }

func TestAllow(t *testing.T) {
	list := authz.Operation{Name: "SearchRuns", Response: authz.Filters}
	invoked := authz.Operation{Name: "ChatCompletions", Conceals: []string{"traceparent"}}
	for _, c := range []struct {
		d       authz.Decision
		removed []string
	}{
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Granted}, []string{"authorization", "x-mlflow-authorization", "x-mlflow-workspace"}},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Public}, []string{"authorization", "x-mlflow-authorization", "x-mlflow-workspace"}},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Authenticated, Operation: list}, []string{"authorization", "x-mlflow-authorization", "accept-encoding", "x-mlflow-workspace"}},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.IsAdmin, Operation: invoked}, []string{"authorization", "x-mlflow-authorization", "traceparent", "x-mlflow-workspace"}},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Delegated}, nil},
	} {
		d := &decider{decision: c.d}
		resp := d.check(t, checkRequest("GET", "/", nil))
		if !allows(resp) || resp.Status == nil || resp.GetDeniedResponse() != nil || !slices.Equal(resp.GetOkResponse().GetHeadersToRemove(), c.removed) {
			t.Errorf("%s: %v", c.d.Reason, resp)
		}
		if len(resp.GetOkResponse().GetHeaders())+len(resp.GetOkResponse().GetQueryParametersToSet()) > 0 {
			t.Errorf("%s: the request is changed: %v", c.d.Reason, resp)
		}
	}
}

// TestWorkspaceIsSet: MLflow looks where the check looked, whatever the request says.
func TestWorkspaceIsSet(t *testing.T) {
	d := &decider{decision: authz.Decision{Effect: authz.Allowed, Reason: authz.Granted, Operation: authz.Operation{Workspace: "team"}}}
	ok := d.check(t, checkRequest("GET", "/", nil)).GetOkResponse()
	if len(ok.GetHeaders()) != 1 || !slices.Equal(ok.GetHeadersToRemove(), []string{"authorization", "x-mlflow-authorization"}) {
		t.Fatalf("%v", ok)
	}
	header := ok.GetHeaders()[0]
	if header.GetHeader().GetKey() != "x-mlflow-workspace" || header.GetHeader().GetValue() != "team" ||
		header.GetAppendAction() != core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD {
		t.Errorf("%v", header)
	}
}

// TestEverythingElseDenies: the zero Decision, an effect without a reason that allows, a reason that allows without the effect.
func TestEverythingElseDenies(t *testing.T) {
	for _, c := range []struct {
		d    authz.Decision
		want int
	}{
		{authz.Decision{}, 503},
		{authz.Decision{Effect: authz.Allowed}, 503},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.PermissionDenied}, 403},
		{authz.Decision{Reason: authz.Granted}, 503},
		{authz.Decision{Effect: 2, Reason: authz.Granted}, 503},
		{authz.Decision{Effect: authz.Allowed, Reason: "nonsense"}, 503},
		{authz.Decision{Reason: authz.Unauthenticated}, 401},
		{authz.Decision{Reason: authz.AmbiguousPath}, 400},
		{authz.Decision{Reason: authz.LengthRequired}, 411},
		{authz.Decision{Reason: authz.UnsupportedMedia}, 415},
		{authz.Decision{Reason: authz.Throttled}, 429},
		{authz.Decision{Reason: authz.NoSuchExperiment}, 404},
		{authz.Decision{Reason: authz.Internal}, 503},
	} {
		resp := (&decider{decision: c.d}).check(t, checkRequest("GET", "/", nil))
		if allows(resp) || resp.GetOkResponse() != nil || int(resp.GetDeniedResponse().GetStatus().GetCode()) != c.want {
			t.Errorf("%+v: %v", c.d, resp)
		}
	}
}

func TestPanicDenies(t *testing.T) {
	d := &decider{panics: true}
	resp := d.check(t, checkRequest("GET", "/", nil))
	if allows(resp) || resp.GetDeniedResponse().GetStatus().GetCode() != 503 || strings.Contains(resp.String(), "secret") {
		t.Errorf("%v", resp)
	}
	if cause := d.observed[0].Cause; cause == nil || strings.Contains(cause.Error(), "secret") {
		t.Errorf("the log says %v", cause)
	}
}

// TestPanicsOfTheRuntimeAreTold: they say what went wrong in the program, and nothing of the request.
func TestPanicsOfTheRuntimeAreTold(t *testing.T) {
	resp, err := (&Checker{Observer: &decider{}}).Check(context.Background(), checkRequest("GET", "/", nil)) // there is no Authorizer
	if err != nil || allows(resp) {
		t.Errorf("%v, %v", resp, err)
	}
	d := &decider{}
	_ = (&Checker{Observer: d}).Decide(context.Background(), authz.Request{})
	if cause := d.observed[0].Cause; cause == nil || !strings.Contains(cause.Error(), "nil pointer") {
		t.Errorf("the log says %v", cause)
	}
}

// TestPartialBodyDenies: of a body that Envoy cut off, the upstream would see more than we (allow_partial_message). A client that sends the
// header itself harms only itself.
func TestPartialBodyDenies(t *testing.T) {
	granted := authz.Decision{Effect: authz.Allowed, Reason: authz.Granted}
	for _, c := range []struct {
		values []string
		denied bool
	}{
		{nil, false},
		{[]string{"false"}, false},
		{[]string{"true"}, true},
		{[]string{""}, true},
		{[]string{"false,true"}, true},
		{[]string{"false", "true"}, true},
		{[]string{"False"}, true},
	} {
		var headers []string
		for _, v := range c.values {
			headers = append(headers, "x-envoy-auth-partial-body", v)
		}
		d := &decider{decision: granted}
		if resp := d.check(t, checkRequest("POST", "/", []byte("{"), headers...)); allows(resp) == c.denied || d.asked == c.denied {
			t.Errorf("%q: allowed %v, asked %v", c.values, allows(resp), d.asked)
		}
	}
}

// TestDeniedBodies are MLflow's: an error object, and for a missing credential the text with its challenge.
func TestDeniedBodies(t *testing.T) {
	for _, c := range []struct {
		reason        authz.Reason
		body, headers string
	}{
		{authz.PermissionDenied, `{"error_code":"PERMISSION_DENIED","message":"no \"x\""}`, "content-type: application/json"},
		{authz.Unauthenticated, `no "x"`, `www-authenticate: Basic realm="mlflow"; content-type: text/html; charset=utf-8`},
		{authz.LookupFailed, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"no \"x\""}`, "content-type: application/json; retry-after: 5"},
		{authz.Throttled, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"no \"x\""}`, "content-type: application/json; retry-after: 5"},
	} {
		d := authz.Decision{Reason: c.reason, Text: `no "x"`, Cause: errors.New("secret")}
		denied := (&decider{decision: d}).check(t, checkRequest("GET", "/", nil)).GetDeniedResponse()
		var headers []string
		for _, h := range denied.Headers {
			headers = append(headers, h.Header.Key+": "+h.Header.Value)
		}
		if got := strings.Join(headers, "; "); denied.Body != c.body || got != c.headers {
			t.Errorf("%s:\n%s\n%s", c.reason, denied.Body, got)
		}
	}
}

// TestMetadata travels to ext_proc and back; a denial, or an operation whose response nobody needs, carries no identity.
func TestMetadata(t *testing.T) {
	op := authz.Operation{
		Name: "RenameRegisteredModel", Response: authz.Renames, Params: []byte(`{"a":1}`),
		Subject: authz.Subject{Resource: authz.InDefault(authz.RegisteredModel, "a"), Name: "b"},
	}
	d := authz.Decision{
		Effect: authz.Allowed, Reason: authz.Granted, Operation: op, IntentID: "i", Principal: authz.Principal{UserID: 1<<64 - 1, Username: "bob", Admin: true},
		Withheld: []authz.Kind{authz.Run, authz.LoggedModel},
	}
	want := Exchange{
		Operation: "RenameRegisteredModel", Method: "POST", Params: `{"a":1}`, Intent: "i", SubjectID: "a", SubjectKind: authz.RegisteredModel, Name: "b", Principal: authz.Principal{UserID: 1<<64 - 1, Username: "bob", Admin: true},
		Withheld: []authz.Kind{authz.Run, authz.LoggedModel}, RequestID: "id",
	}
	got := recall(describe(d, authz.Request{Method: "POST", ID: "id"}))
	if diff := cmp.Diff(want, got); diff != "" || !got.Allowed() {
		t.Error(diff)
	}
	untouched := d
	untouched.Untouched = true
	if got := recall(describe(untouched, authz.Request{Proxy: authz.Proxy{FiltersResponse: true}})); !got.Untouched || got.Principal.Known() || !got.Allowed() {
		t.Errorf("%+v", got)
	}
	for name, change := range map[string]func(*authz.Decision){
		"denied": func(d *authz.Decision) { d.Effect = authz.Denied }, "no response": func(d *authz.Decision) { d.Operation.Response = "" },
		"nobody": func(d *authz.Decision) { d.Principal.UserID = 0 },
	} {
		changed := d
		change(&changed)
		if got := recall(describe(changed, authz.Request{})); got.Allowed() {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if recall(nil).Allowed() {
		t.Error("no metadata allows")
	}
	if s := fmt.Sprint(describe(authz.Decision{Cause: errors.New("secret")}, authz.Request{Headers: authz.Headers{"authorization": {"secret"}}})); strings.Contains(s, "secret") {
		t.Error(s)
	}
}
