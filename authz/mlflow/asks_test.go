package mlflow

import (
	"slices"
	"testing"

	"extauthz/authz"
)

// TestAsks: what `extauthz routes` filters by.
func TestAsks(t *testing.T) {
	table := mustTable(t, "")
	for _, c := range []struct {
		method, operation string
		want              []Ask
	}{
		{"GET", "Health", []Ask{{AskPublic, ""}}},
		{"GET", "GetRun", []Ask{{"READ", authz.Run}}},
		{"POST", "LogMetric", []Ask{{"EDIT", authz.LoggedModel}, {"EDIT", authz.Run}}},
		{"GET", "SearchExperiments", []Ask{{AskAny, authz.Experiment}}},
		{"POST", "CreateExperiment", []Ask{{AskAdmin, ""}, {AskAny, authz.Experiment}}},
		{"DELETE", "DeleteRegisteredModel", []Ask{{"MANAGE", authz.RegisteredModel}, {"MANAGE", authz.RegisteredModelVersion}}},
		{"GET", "ListUsers", []Ask{{AskAuthAPI, ""}}},
	} {
		row := table.Row(c.operation, c.method)
		if row == nil {
			t.Fatalf("no row %s", c.operation)
		}
		if got := row.Asks(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.operation, got, c.want)
		}
	}
}

// TestEveryNeedSaysWhatItAsks: a need that does not would be missing from a filtered print.
func TestEveryNeedSaysWhatItAsks(t *testing.T) {
	for _, row := range Rows() {
		for _, n := range row.Needs {
			if _, ok := n.(asker); !ok {
				t.Errorf("%s: %T does not say what it asks; see asker", row.Operation, n)
			}
		}
		if len(row.Asks()) == 0 {
			t.Errorf("%s asks nothing of anybody", row.Operation)
		}
	}
}
