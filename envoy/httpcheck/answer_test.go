package httpcheck

import (
	"encoding/json"
	"testing"

	"extauthz/authz"
	"extauthz/envoy"
)

// TestAllow: the answer says what the request becomes, and who gets it.
func TestAllow(t *testing.T) {
	for _, c := range []struct {
		d                          authz.Decision
		workspace, upstream, takes string
	}{
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Granted, Operation: authz.Operation{Workspace: "team", Conceals: []string{"traceparent"}}}, "team", "mlflow", "authorization,x-mlflow-authorization,x-api-key,traceparent"},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Public}, "", "mlflow", "authorization,x-mlflow-authorization,x-api-key,x-mlflow-workspace"},
		{authz.Decision{Effect: authz.Allowed, Reason: authz.Delegated}, "", "auth-api", "x-api-key"},
	} {
		for _, w := range ways {
			remove := removeHeader
			if w.name == "Envoy" {
				remove = envoyRemoves
			}
			got := (&judge{decision: c.d}).ask(w.method, w.target, "{}", w.headers...)
			h := got.Header()
			if got.Code != 200 || h.Get("X-Mlflow-Workspace") != c.workspace || h.Get(upstreamHeader) != c.upstream || h.Get(remove) != c.takes || got.Body.Len() > 0 {
				t.Errorf("%s, %s: %d %v %s", w.name, c.d.Reason, got.Code, h, got.Body)
			}
		}
	}
}

// TestDeny: the client's answer, which nginx cannot pass on as it is.
func TestDeny(t *testing.T) {
	for _, c := range []struct {
		reason        authz.Reason
		status, nginx int
	}{
		{authz.Unauthenticated, 401, 401},
		{authz.PermissionDenied, 403, 403},
		{authz.AmbiguousPath, 400, 403},
		{authz.LengthRequired, 411, 403},
		{authz.Throttled, 429, 403},
		{authz.Internal, 503, 403},
		{authz.NoSuchExperiment, 404, 403},
		{authz.Granted, 503, 403}, // without the effect
		{"", 503, 403},
	} {
		for _, w := range ways {
			got := (&judge{decision: authz.Decision{Reason: c.reason, Text: "nö\n\"x\" 🏃"}}).ask(w.method, w.target, "{}", w.headers...)
			want := c.status
			if w.name == "nginx" {
				want = c.nginx
			}
			if got.Code != want || got.Header().Get("X-Mlflow-Workspace")+got.Header().Get(upstreamHeader) != "" {
				t.Errorf("%s, %s: %d %v", w.name, c.reason, got.Code, got.Header())
			}
			if (c.status == 401) != (got.Header().Get("Www-Authenticate") == `Basic realm="mlflow"`) {
				t.Errorf("%s, %s: %v", w.name, c.reason, got.Header())
			}
		}
	}
}

// TestDenialInAHeader reads the same as in a body.
func TestDenialInAHeader(t *testing.T) {
	text := "nö\n\"x\" \\ 🏃"
	got := (&judge{decision: authz.Decision{Reason: authz.PermissionDenied, Text: text}}).ask("POST", "/auth", "{}", ofNginx...)
	for _, body := range []string{got.Header().Get(denialHeader), got.Body.String()} {
		var object struct {
			Message string `json:"message"`
		}
		if err := json.Unmarshal([]byte(body), &object); err != nil || object.Message != text {
			t.Errorf("%s: %v", body, err)
		}
	}
	if got.Header().Get(statusHeader) != "403" {
		t.Errorf("%v", got.Header())
	}
}

// TestZeroVerdictDenies: so does one that says two things.
func TestZeroVerdictDenies(t *testing.T) {
	for _, v := range []envoy.Verdict{{}, {Allowed: true}, {Allowed: true, Status: 403}, {Status: 200}, {Status: 302}} {
		if allowing(v) || refusing(v.Status) < 400 {
			t.Errorf("%+v", v)
		}
	}
}
