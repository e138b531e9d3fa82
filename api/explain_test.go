package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

const explainPath = "/api/1.0/extauthz/explain"

// shelf is a Resolver that knows that run "r" is experiment 1's.
type shelf struct{}

func (shelf) Resolve(_ context.Context, ref authz.Ref) (authz.Resolution, error) {
	switch {
	case ref.Kind == authz.RefRun && ref.ID != "r":
		return authz.Resolution{}, authz.Refuse(authz.UnknownResource, "There is no such run.")
	case ref.Kind == authz.RefRun:
		return authz.Governed(authz.InDefault(authz.Experiment, "1")), nil
	default:
		return authz.Governed(ref.In(authz.Experiment, ref.ID)), nil
	}
}

// remembered is what was denied.
type remembered map[string]Recorded

func (r remembered) Recorded(id string) (Recorded, bool) {
	one, ok := r[id]
	return one, ok
}

func explaining(t *testing.T) *fixture {
	t.Helper()
	table, err := mlflow.New(mlflow.Server{})
	if err != nil {
		t.Fatal(err)
	}
	needs := []authz.Need{{Action: authz.CanUpdate, Ref: authz.Ref{Kind: authz.RefExperiment, ID: "1"}}}
	records := remembered{"r-7": {
		ID: "r-7", At: time.Unix(1_790_000_000, 0).UTC(), Method: "POST", Path: "/api/2.0/mlflow/experiments/update",
		Decision: authz.Decision{
			Reason: authz.PermissionDenied, Principal: authz.Principal{UserID: 3, Username: "bob"},
			Operation: authz.Operation{Name: "UpdateExperiment", Access: authz.AccessGranted, Needs: needs},
		},
	}}
	return newFixture(t, func(c *Config) {
		a := &authz.Authorizer{Grants: c.Store, Default: authz.Read, Mapper: table, Resolver: shelf{}}
		c.Decider, c.Explainer, c.Records = a, a, records
	})
}

// TestExplain: who may, why, and what would change it.
func TestExplain(t *testing.T) {
	f := explaining(t)
	before := f.digest()
	const logMetric = `"method":"POST","target":"/api/2.0/mlflow/runs/log-metric","body":"{\"run_id\":\"r\",\"key\":\"k\",\"value\":1,\"timestamp\":1}"`
	for _, c := range []struct {
		name, body string
		says       []string
	}{
		{"the owner", `{"username":"alice",` + logMetric + `}`, []string{
			`"decision":"allow"`, `"reason":"granted"`, `"operation":"LogMetric"`, `"kind":"run","error":""`, `"holder":"user alice","permission":"MANAGE"`,
		}},
		{"another user", `{"username":"bob",` + logMetric + `}`, []string{
			`"decision":"deny"`, `"reason":"permission_denied"`, `"status":403`, `"default":true`, `"needs":"EDIT"`, `"permission":"READ"`,
		}},
		{
			"if a grant were added", `{"username":"bob",` + logMetric + `,"suppose":[{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"EDIT"}]}`,
			[]string{`"decision":"allow"`, `"holder":"user bob","permission":"EDIT","resource":{"resource_id":"1","resource_type":"experiment","workspace":"default"},"supposed":true`},
		},
		{
			"if one were taken away", `{"username":"alice",` + logMetric + `,"suppose":[{"username":"alice","resource_type":"experiment","resource_id":"1"}]}`,
			[]string{`"decision":"deny"`},
		},
		{"an admin", `{"username":"admin",` + logMetric + `}`, []string{`"decision":"allow"`, `"reason":"admin"`}},
		{"an unknown run", `{"username":"alice","method":"GET","target":"/api/2.0/mlflow/runs/get?run_id=x"}`, []string{`"reason":"unknown_resource"`, `There is no such run.`}},
		{"an ambiguous request", `{"username":"admin","method":"GET","target":"/api/2.0/mlflow/runs/get?run_id=r&run_id=s"}`, []string{`"reason":"ambiguous_query"`, `"status":400`}},
		{"a new route", `{"username":"alice","method":"GET","target":"/api/9.0/mlflow/x"}`, []string{`"mapped":false`, `"reason":"unmapped_route"`}},
		{"a denial that is remembered", `{"request_id":"r-7"}`, []string{`"operation":"UpdateExperiment"`, `"decision":"deny"`, `"then":{"at":"2026`, `"reason":"permission_denied"`}},
		{"it, for somebody else", `{"request_id":"r-7","username":"alice"}`, []string{`"decision":"allow"`, `"username":"alice"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := f.call("admin", "POST", explainPath, c.body)
			plain := strings.ReplaceAll(a.body, `"error":"","found":[{"resource_id":"1","resource_type":"experiment","workspace":"default"}],"id":"r","kind":"run"`, `"kind":"run","error":""`)
			for _, want := range c.says {
				if a.status != 200 || !strings.Contains(plain, want) {
					t.Errorf("%d lacks %s: %s", a.status, want, a.body)
				}
			}
		})
	}
	if f.digest() != before {
		t.Error("an explanation changed something")
	}
}

// TestExplanationsAreForAdmins: they tell whose things are that a request only names.
func TestExplanationsAreForAdmins(t *testing.T) {
	f := explaining(t)
	body := `{"username":"alice","method":"GET","target":"/api/2.0/mlflow/runs/get?run_id=r"}`
	if a := f.call("alice", "POST", explainPath, body); a.status != http.StatusForbidden {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.call("admin", "POST", explainPath, body); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	for bad, says := range map[string]string{
		`{}`:                   "'username'",
		`{"username":"alice"}`: "'method'",
		`{"username":"nobody","method":"GET","target":"/"}`: "not found",
		`{"request_id":"r-8"}`:                              "remembered",
		`{"request_id":"r-7","method":"GET"}`:               "either",
		`{"username":"alice","method":"GET","target":"/","suppose":[{"resource_type":"experiment","resource_id":"1"}]}`:                                     "'username' or a 'role'",
		`{"username":"alice","method":"GET","target":"/","suppose":[{"role":"none","resource_type":"experiment","resource_id":"1"}]}`:                       "'none'",
		`{"username":"alice","method":"GET","target":"/","suppose":[{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"OWN"}]}`: "'OWN'",
		`{"username":"alice","method":"GET","target":"/","more":1}`:                                                                                         "'more'",
	} {
		if a := f.call("admin", "POST", explainPath, bad); a.status < 400 || a.status > 404 || !strings.Contains(a.body, says) {
			t.Errorf("%s = %d %s", bad, a.status, a.body)
		}
	}
}
