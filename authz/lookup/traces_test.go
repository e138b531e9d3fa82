package lookup

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
)

const (
	thirdTrace   = "tr-11111111111111111111111111111111" // in experiment 2, by the third version of the API
	unknownTrace = "tr-00000000000000000000000000000000"
)

// recordedTraces is what a release answered about two traces and one that is not there.
type recordedTraces struct {
	Second  string              `json:"second"` // in experiment 1, by the second version of the API
	Answers map[string]recorded `json:"answers"`
}

func (x recordedTraces) location() string {
	return "mlflow-artifacts:/1/traces/" + x.Second + "/artifacts"
}

func serveTraces(t *testing.T, release string) (recordedTraces, *mlflow, *Resolver) {
	t.Helper()
	var traces recordedTraces
	text, err := os.ReadFile("testdata/traces-" + release + ".json")
	if err == nil {
		err = json.Unmarshal(text, &traces)
	}
	if err != nil {
		t.Fatal(err)
	}
	m, _, resolver := serve(t, nil)
	m.answers = traces.Answers
	return traces, m, resolver
}

func TestTracesOfOldAndNewReleases(t *testing.T) {
	for _, release := range []string{"2.22.5", "3.17.2"} {
		t.Run(release, func(t *testing.T) {
			traces, _, resolver := serveTraces(t, release)
			second := traces.Second
			cases := []struct {
				ref        authz.Ref
				experiment string
				reason     authz.Reason
			}{
				{authz.Ref{Kind: authz.RefTrace, ID: second}, "1", ""},
				{authz.Ref{Kind: authz.RefTrace, ID: unknownTrace}, "", authz.UnknownResource},
				{authz.Ref{Kind: authz.RefNewTrace, ID: unknownTrace, Experiment: "7"}, "7", ""},
				{authz.Ref{Kind: authz.RefNewTrace, ID: second, Experiment: "1"}, "1", ""},
				{authz.Ref{Kind: authz.RefNewTrace, ID: second, Experiment: "2"}, "", authz.PermissionDenied},
				{authz.Ref{Kind: authz.RefArtifactURI, ID: traces.location(), Trace: second}, "1", ""},
				{authz.Ref{Kind: authz.RefArtifactURI, ID: traces.location() + "/x", Trace: second}, "", authz.InvalidParameter},
				{authz.Ref{Kind: authz.RefArtifactURI, ID: "", Trace: second}, "", authz.InvalidParameter},
				{authz.Ref{Kind: authz.RefArtifactURI, ID: "/etc", Trace: second, Run: runID}, "", authz.InvalidParameter},
				{authz.Ref{Kind: authz.RefArtifactURI, ID: "/etc", Trace: unknownTrace}, "", authz.UnknownResource},
				{authz.Ref{Kind: authz.RefTrace, ID: thirdTrace}, "2", ""},
			}
			if release == "2.22.5" {
				cases = cases[:len(cases)-1]
			}
			for _, c := range cases {
				got, err := resolver.Resolve(t.Context(), c.ref)
				if reason(err) != c.reason || c.reason == "" && !slices.Equal(got.Resources, authz.Governed(authz.InDefault(authz.Experiment, c.experiment)).Resources) {
					t.Errorf("%+v: %v, %v; want experiment %s %s", c.ref, got, err, c.experiment, c.reason)
				}
			}
		})
	}
}

// TestTracesAreAskedForEachTime: a trace may have been moved, or deleted and begun again elsewhere.
func TestTracesAreAskedForEachTime(t *testing.T) {
	traces, m, resolver := serveTraces(t, "3.17.2")
	trace, path := authz.Ref{Kind: authz.RefTrace, ID: traces.Second}, "GET /ajax-api/2.0/mlflow/traces/"+traces.Second+"/info?"
	before, err := resolver.Resolve(t.Context(), trace)
	if err != nil {
		t.Fatal(err)
	}
	moved := m.answers[path]
	moved.Body = json.RawMessage(strings.Replace(string(moved.Body), `"experiment_id": "1"`, `"experiment_id": "2"`, 1))
	m.answers[path] = moved
	after, err := resolver.Resolve(t.Context(), trace)
	if err != nil || before.Resources[0].ID != "1" || after.Resources[0].ID != "2" || m.asked.Load() != 2 {
		t.Errorf("%v, then %v, %v", before, after, err)
	}
}

// TestAnswersAboutAnotherTrace: a database that folds case finds "tr-a" for "TR-A"; that is no answer, and no sign that the id is free.
func TestAnswersAboutAnotherTrace(t *testing.T) {
	_, _, resolver := serve(t, func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = w.Write([]byte(`{"trace_info":{"request_id":"tr-a","experiment_id":"1"}}`))
		return true
	})
	for _, ref := range []authz.Ref{{Kind: authz.RefTrace, ID: "TR-A"}, {Kind: authz.RefNewTrace, ID: "TR-A", Experiment: "1"}} {
		if got, err := resolver.Resolve(t.Context(), ref); reason(err) != authz.LookupFailed {
			t.Errorf("%+v: %v, %v", ref, got, err)
		}
	}
}

// TestAssessmentsUnderIdsOfOnesOwn: only where MLflow itself keeps those of other traces safe.
func TestAssessmentsUnderIdsOfOnesOwn(t *testing.T) {
	for version, want := range map[string]authz.Reason{
		"3.18.0": "", "3.18.0rc1": "", "3.19.0.dev0": "", "4.0.0": "", "3.17.2": authz.AdminOnly, "3.4.0": authz.AdminOnly, "2.22.5": authz.AdminOnly,
		"": authz.AdminOnly, "<html>": authz.AdminOnly, "3": authz.AdminOnly, "500": authz.LookupFailed,
	} {
		_, _, resolver := serve(t, func(w http.ResponseWriter, r *http.Request) bool {
			if version == "500" {
				w.WriteHeader(500)
			}
			_, _ = w.Write([]byte(version))
			return r.URL.Path == "/version"
		})
		got, err := resolver.Resolve(t.Context(), authz.Ref{Kind: authz.RefNewAssessments, Experiment: "7"})
		if reason(err) != want || want == "" && !slices.Equal(got.Resources, authz.Governed(authz.InDefault(authz.Experiment, "7")).Resources) {
			t.Errorf("MLflow %q: %v, %v", version, got, err)
		}
	}
}
