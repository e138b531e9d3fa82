package mlflow

import (
	"slices"
	"testing"

	"extauthz/authz"
)

// TestVetoes: what only a DENY forbids, which testdata/cases.txt leaves out: a filter that would tell which run something came from, and a
// name that was denied before anything had it.
func TestVetoes(t *testing.T) {
	runs := authz.Need{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefKindOf, ID: "run"}}
	name := authz.Need{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefNewPrompt, ID: "n"}, Exact: true}
	table := mustTable(t, "")
	for _, c := range []struct {
		method, target, body string
		veto                 authz.Need
		there                bool
	}{
		{"GET", "/api/2.0/mlflow/model-versions/search?filter=RUN_ID%3D%27r%27", "", runs, true},
		{"GET", "/api/2.0/mlflow/model-versions/search?filter=name%3D%27m%27", "", runs, false},
		{"POST", "/api/2.0/mlflow/logged-models/search", `{"experiment_ids":["7"],"filter":"source_run_id = 'r'"}`, runs, true},
		{"POST", "/api/2.0/mlflow/logged-models/search", `{"experiment_ids":["7"],"filter":"name = 'm'"}`, runs, false},
		{"POST", "/api/2.0/mlflow/registered-models/rename", `{"name":"m","new_name":"n"}`, name, true},
		{"POST", "/api/2.0/mlflow/registered-models/create", `{"name":"n"}`, name, true},
		{"POST", "/api/2.0/mlflow/registered-models/rename", `{"name":"n","new_name":"m"}`, name, false},
	} {
		op, err := table.Map(request(c.method, c.target, c.body))
		if err != nil || slices.Contains(op.Needs, c.veto) != c.there {
			t.Errorf("%s %s %s: %v, %v", c.method, c.target, c.body, op.Needs, err)
		}
	}
}
