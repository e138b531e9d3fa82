package app

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/authz/lookup"
	"extauthz/authz/mlflow"
	"extauthz/internal/ownership"
	"extauthz/store"
)

// deeds are a store that has no intents and writes down who comes to own what.
type deeds struct {
	ownership.Store
	owned []string
}

func (d *deeds) Intents(context.Context) ([]store.Intent, error) { return nil, nil }
func (d *deeds) DeleteIntent(context.Context, string) error      { return nil }
func (d *deeds) Own(_ context.Context, r authz.Resource, _ uint64) error {
	d.owned = append(d.owned, r.String())
	return nil
}

// made is an MLflow that has whatever was made.
type made struct{}

func (made) Named(context.Context, authz.Resource) (lookup.Named, error) {
	return lookup.Named{Exists: true}, nil
}

// TestWhoOwnsWhatWasMade: each job that a request starts, and a scorer by its first version alone.
func TestWhoOwnsWhatWasMade(t *testing.T) {
	scorer := mlflow.Subject{Kind: authz.Scorer, First: "version"}
	jobs := mlflow.Subject{Kind: authz.Job, Created: "jobs[].job_id"}
	secret := mlflow.Subject{Kind: authz.GatewaySecret, Created: "secret.secret_id"}
	perhaps := mlflow.Subject{Kind: authz.MCPServer, Perhaps: true}
	for _, c := range []struct {
		subject mlflow.Subject
		id      string
		body    string
		want    []string
		fails   bool
	}{
		{scorer, "7/a", `{"version":1}`, []string{"scorer 7/a"}, false},
		{scorer, "7/a", `{"version":2}`, nil, false},
		{scorer, "7/a", `{"version":10}`, nil, false},
		{scorer, "7/a", `{}`, nil, true},
		{jobs, "", `{"jobs":[{"job_id":"a"},{"job_id":"b"}]}`, []string{"job a", "job b"}, false},
		{jobs, "", `{"jobs":[{"job_id":""},{"job_id":"b"}]}`, []string{"job b"}, true},
		{jobs, "", `{"jobs":[]}`, nil, false},
		{secret, "", `{"secret":{"secret_id":"s-1"}}`, []string{"gateway_secret s-1"}, false},
		{secret, "", `{"secret":{}}`, nil, true},
		{perhaps, "a/b", `{"version":"1"}`, nil, false}, // no intent: the server was there
	} {
		d := &deeds{}
		r := &responder{tracker: ownership.New(d, made{}, time.Now, slog.New(slog.DiscardHandler))}
		o := ownership.Outcome{
			Response: authz.Creates, UserID: 1, Status: http.StatusOK, Subject: authz.Subject{Resource: authz.InDefault(c.subject.Kind, c.id)},
		}
		err := r.settleMade(t.Context(), &c.subject, o, []byte(c.body))
		if !slices.Equal(d.owned, c.want) || (err != nil) != c.fails {
			t.Errorf("%s %s: %v, %v; want %v", c.subject.Kind, c.body, d.owned, err, c.want)
		}
	}
}

func TestFound(t *testing.T) {
	for _, c := range []struct {
		body, place string
		want        []string
	}{
		{`{"experiment_id":"7"}`, "experiment_id", []string{`"7"`}},
		{`{"version":1}`, "version", []string{"1"}},
		{`{"job":{"job_id":"a"}}`, "job.job_id", []string{`"a"`}},
		{`{"jobs":[{"job_id":"a"},{"job_id":"b"}]}`, "jobs[].job_id", []string{`"a"`, `"b"`}},
		{`{"jobs":[]}`, "jobs[].job_id", nil},
	} {
		values, err := found([]byte(c.body), c.place)
		var got []string
		for _, v := range values {
			got = append(got, string(v))
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s in %s: %s, %v", c.place, c.body, got, err)
		}
	}
	for _, c := range []struct{ body, place string }{
		{`{}`, "experiment_id"},
		{`[]`, "experiment_id"},
		{``, "x"},
		{`{"job":{}}`, "job.job_id"},
		{`{"job":"x"}`, "job.job_id"},
		{`{"jobs":{"job_id":"a"}}`, "jobs[].job_id"},
		{`{"jobs":[{}]}`, "jobs[].job_id"},
	} {
		if values, err := found([]byte(c.body), c.place); err == nil {
			t.Errorf("%s in %s: %s", c.place, c.body, values)
		}
	}
}
