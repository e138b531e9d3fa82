package mlflow

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

// TestSearchesSelectByKinds: which kinds of parts a trace search goes by, and has to read.
func TestSearchesSelectByKinds(t *testing.T) {
	table := mustTable(t, "")
	for _, c := range []struct {
		body string
		want string
	}{
		{`"filter":""`, "trace"},
		{`"filter":"trace.status = 'OK' AND tag.team = 'blue'","order_by":["timestamp_ms DESC"]`, "trace"},
		{`"filter":"run_id = 'r'"`, "trace run"},
		{"\"filter\":\"metadata.`mlflow.sourceRun` = 'r'\"", "trace run"},
		{`"order_by":["timestamp_ms","Run_ID DESC"]`, "trace run"},
		{`"filter":"request_metadata.\"mlflow.modelId\" = 'm'"`, "trace logged_model"},
		{`"filter":"feedback.correct = 'yes'"`, "trace assessment"},
		{`"filter":"expectation.answer IS NOT NULL"`, "trace assessment"},
		{`"filter":"issue.id = 'iss-1'"`, "trace assessment"}, // basic-auth forgets it
		{`"filter":"tag.x = 'ü'"`, "trace run logged_model assessment"},
	} {
		body := `{"locations":[{"mlflow_experiment":{"experiment_id":"7"}}],` + c.body + `}`
		if got := partsNeeded(t, table, "/api/3.0/mlflow/traces/search", body); got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
	for view, want := range map[string]string{
		`"TRACES"`: "trace", `"SPANS"`: "trace", `"ASSESSMENTS"`: "trace assessment", `3`: "trace assessment", `"3"`: "trace assessment",
	} {
		body := `{"experiment_ids":["7"],"view_type":` + view + `,"metric_name":"latency"}`
		if got := partsNeeded(t, table, "/api/3.0/mlflow/traces/metrics", body); got != want {
			t.Errorf("%s: %s, want %s", view, got, want)
		}
	}
	for _, filter := range []string{"filter_string1", "filter_string2", "base_filter"} {
		body := `{"experiment_ids":["7"],"` + filter + `":"feedback.x = 'y'"}`
		if got := partsNeeded(t, table, "/api/3.0/mlflow/traces/calculate-filter-correlation", body); got != "trace assessment" {
			t.Errorf("%s: %s", filter, got)
		}
	}
}

func partsNeeded(t *testing.T, table *Table, path, body string) string {
	t.Helper()
	op, err := table.Map(request("POST", path, body))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	var parts []string
	for _, n := range op.Needs {
		if n.Action != authz.CanRead || n.Ref != (authz.Ref{Kind: authz.RefExperiment, ID: "7"}) {
			t.Errorf("%s: %+v", body, n)
		}
		parts = append(parts, string(n.Part))
	}
	return strings.Join(parts, " ")
}

// TestKeysThatADatabaseCouldTakeForAnother: whose keys MLflow acts on.
func TestKeysThatADatabaseCouldTakeForAnother(t *testing.T) {
	for _, key := range append(slices.Clone(actedOn),
		"MLFLOW.ARTIFACTLOCATION", "mlflow.artifactLocation  ", "mlflow.ärtifactLocation", "mlﬂow.artifactLocation", "mlflow.artifact\u200bLocation",
		strings.Repeat("\u200b", 1000)+"mlflow.artifactLocation",
	) {
		if !acted(key) {
			t.Errorf("%q: a label", key)
		}
	}
	for _, key := range []string{
		"", "mlflow.traceName", "mlflow.user", "mlflow.sourceRun", "mlflow.artifactLocation2", "xmlflow.artifactLocation", "artifactLocation", "größe", "标签",
		"mlflow.trace.session", "mlflow.artifact.Location", "mlflow.gateway.requestType",
	} {
		if acted(key) {
			t.Errorf("%q: reserved", key)
		}
	}
}

// TestSpansAreWrittenToTheirTraces: each of them must be new, or in the experiment of the header.
func TestSpansAreWrittenToTheirTraces(t *testing.T) {
	const another = "ffffffffffffffffffffffffffffffff"
	table := mustTable(t, "/mlf")
	update := func(kind authz.RefKind, id, experiment string) authz.Need {
		return authz.Need{Action: authz.CanUpdate, Ref: authz.Ref{Kind: kind, ID: id, Experiment: experiment}}
	}
	run := update(authz.RefRun, "r1", "")
	run.Part = authz.Run
	want := []authz.Need{
		update(authz.RefExperiment, "7", ""),
		{Action: authz.NotDenied, Ref: authz.Ref{Kind: authz.RefKindOf, ID: string(authz.Trace)}},
		update(authz.RefNewTrace, "tr-"+ownTrace, "7"), update(authz.RefNewTrace, "tr-"+another, "7"),
		adminsOnly("the tag mlflow.artifactLocation")[0], run,
	}
	body := requestOf(otlpSpanBytes(ownTrace), otlpSpanBytes(another, traceTagPrefix+"mlflow.artifactLocation", "x", traceTagPrefix+"mlflow.traceName", "n"))
	for _, target := range []string{"/v1/traces", "/mlf/v1/traces"} {
		r := otlpRequest(body, otlpRunHeader, "r1")
		r.Target = target
		op, err := table.Map(r)
		if diff := cmp.Diff(want, op.Needs); err != nil || op.Name != "ExportTraces" || diff != "" {
			t.Errorf("%s: %v\n%s", target, err, diff)
		}
	}
	for _, bad := range []string{"/v1/traces?x=1", "/v1/traces/", "/api/v1/traces"} {
		r := otlpRequest(body)
		r.Target = bad
		if _, err := table.Map(r); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}
