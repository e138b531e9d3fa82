package filter_test

import (
	"context"
	"slices"
	"testing"

	"extauthz/authz"
	"extauthz/authz/filter"
	"extauthz/authz/mlflow"
)

// vetoes is a Decider that knows only what is denied.
type vetoes []authz.Resource

func (v vetoes) Meets(_ context.Context, _ authz.Principal, need authz.Need, r authz.Resource) (authz.Check, error) {
	return authz.Check{Met: need.Action == authz.NotDenied && !slices.Contains(v, r)}, nil
}

// TestMentions: what a response says of other things goes missing for whoever may not read them, and only that.
func TestMentions(t *testing.T) {
	table, err := mlflow.New(mlflow.Server{})
	if err != nil {
		t.Fatal(err)
	}
	runs, models, versions, prompts := authz.Run, authz.LoggedModel, authz.RegisteredModelVersion, authz.PromptVersion
	for _, c := range []struct {
		operation, method string
		denied            []authz.Kind
		body, want        string
	}{
		{
			"GetModelVersion", "GET",
			[]authz.Kind{runs},
			`{"model_version":{"name":"m","run_id":"r","run_link":"l","model_id":"m-1","tags":[]}}`,
			`{"model_version":{"name":"m","model_id":"m-1","tags":[]}}`,
		},
		{
			"GetModelVersion", "GET",
			[]authz.Kind{runs, models},
			`{"model_version":{"model_params":[{"name":"a"}],"run_id":"r","model_metrics":[]}}`, `{"model_version":{}}`,
		},
		{"GetModelVersion", "GET", nil, `{"model_version":{"run_id":"r"}}`, `{"model_version":{"run_id":"r"}}`},
		{
			"SearchRuns", "POST",
			[]authz.Kind{models},
			`{"runs":[{"info":{"run_id":"r"},"data":{"metrics":[{"key":"a","model_id":"m"},{"key":"b"}]},"inputs":{"dataset_inputs":[1],"model_inputs":[{}]}}],"next_page_token":"t"}`,
			`{"runs":[{"info":{"run_id":"r"},"data":{"metrics":[{"key":"a"},{"key":"b"}]},"inputs":{"dataset_inputs":[1]}}],"next_page_token":"t"}`,
		},
		{
			"GetRun", "GET", []authz.Kind{models}, `{"run":{"outputs":{"model_outputs":[{"model_id":"m"}]},"data":{}}}`, `{"run":{"outputs":{},"data":{}}}`,
		},
		{
			"GetLoggedModel", "GET",
			[]authz.Kind{runs},
			`{"model":{"info":{"model_id":"m","source_run_id":"r"},"data":{"metrics":[{"run_id":"r","value":1}]}}}`,
			`{"model":{"info":{"model_id":"m"},"data":{"metrics":[{"value":1}]}}}`,
		},
		{
			"GetRegisteredModel", "GET",
			[]authz.Kind{versions},
			`{"registered_model":{"name":"m","latest_versions":[{"version":"1"}]}}`, `{"registered_model":{"name":"m"}}`,
		},
		{ // a DENY on versions of models says nothing about those of prompts
			"GetRegisteredModel", "GET",
			[]authz.Kind{versions},
			`{"registered_model":{"name":"p","latest_versions":[{"version":"1"}],"tags":[{"key":"mlflow.prompt.is_prompt","value":"TRUE"}]}}`,
			`{"registered_model":{"name":"p","latest_versions":[{"version":"1"}],"tags":[{"key":"mlflow.prompt.is_prompt","value":"TRUE"}]}}`,
		},
		{
			"GetRegisteredModel", "GET",
			[]authz.Kind{prompts},
			`{"registered_model":{"tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}],"latest_versions":[{"version":"1"}]}}`,
			`{"registered_model":{"tags":[{"key":"mlflow.prompt.is_prompt","value":"true"}]}}`,
		},
		{
			"GetMetricHistory", "GET", []authz.Kind{models}, `{"metrics":[{"key":"a","model_id":"m"}]}`, `{"metrics":[{"key":"a"}]}`,
		},
		{"GetMetricHistory", "GET", []authz.Kind{models}, `{}`, `{}`},
	} {
		row := table.Row(c.operation, c.method)
		if row == nil {
			t.Fatalf("no row for %s", c.operation)
		}
		w := filter.Withholder{Decider: vetoes{}}
		got, err := w.Mentions(t.Context(), authz.Principal{UserID: 1}, row, "", c.denied, []byte(c.body))
		if err != nil || string(got) != c.want {
			t.Errorf("%s without %v:\n%s %v\nwant\n%s", c.operation, c.denied, got, err, c.want)
		}
	}
}

// TestMentionedThings: where grants name the thing itself, each is judged.
func TestMentionedThings(t *testing.T) {
	row := &mlflow.Row{Withheld: []mlflow.Withheld{
		{Place: "endpoint/mappings[]/definition/secret_id", Kind: authz.GatewaySecret, ID: "secret_id", Also: []string{"secret_name"}},
		{Place: "endpoint/mappings[]/definition", Kind: authz.GatewayModelDefinition, ID: "definition_id", Also: []string{"definition_id"}},
		{Place: "endpoint/passphrase"},
		{Place: "endpoint/metadata[mlflow.sourceRun]", Kind: authz.Run},
	}}
	w := filter.Withholder{Decider: vetoes{authz.InDefault(authz.GatewaySecret, "s"), authz.InDefault(authz.GatewayModelDefinition, "d")}}
	const body = `{"endpoint":{"mappings":[{"definition_id":"d","definition":{"secret_id":"t"}},{"definition_id":"e","definition":{"secret_id":"s","secret_name":"n","x":1}}],` +
		`"passphrase":"p","metadata":[{"key":"mlflow.sourceRun","value":"r"},{"key":"k","value":"v"}]}}`
	const want = `{"endpoint":{"mappings":[{},{"definition_id":"e","definition":{"x":1}}],"metadata":[{"key":"k","value":"v"}]}}`
	got, err := w.Mentions(t.Context(), authz.Principal{UserID: 1}, row, "", []authz.Kind{authz.Run}, []byte(body))
	if err != nil || string(got) != want {
		t.Errorf("%s %v\nwant\n%s", got, err, want)
	}
	w.Decider = vetoes{}
	if got, err := w.Mentions(t.Context(), authz.Principal{UserID: 1}, &mlflow.Row{Withheld: row.Withheld[:2]}, "", nil, []byte(body)); err != nil || string(got) != body {
		t.Errorf("the twin, with nothing denied: %s %v", got, err)
	}
	for _, bad := range []string{`{"endpoint":{"mappings":{}}}`, `{"endpoint":[]}`, `[]`, `{"endpoint":{"mappings":[1]}}`, ``} {
		if got, err := w.Mentions(t.Context(), authz.Principal{UserID: 1}, row, "", nil, []byte(bad)); err == nil {
			t.Errorf("%s: shown as %s, although nobody knows what it says", bad, got)
		}
	}
}
