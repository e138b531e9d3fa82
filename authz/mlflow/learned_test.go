package mlflow

import "testing"

func TestLearned(t *testing.T) {
	l := mustTable(t, "").Row("CreateRun", "POST").Learned
	for body, want := range map[string]Owned{
		`{"run":{"info":{"run_id":"r1","experiment_id":"7","artifact_uri":"mlflow-artifacts:/7/r1/artifacts"}}}`: {"r1", "7", "mlflow-artifacts:/7/r1/artifacts"},
		`{"run":{"info":{"run_id":"r1","experiment_id":"07","artifact_uri":"x"}}}`:                               {},
		`{"run":{"info":{"run_id":"","experiment_id":"7","artifact_uri":"x"}}}`:                                  {},
		`{"run":{"info":{"run_id":5,"experiment_id":"7","artifact_uri":"x"}}}`:                                   {},
		`{"run":{}}`: {}, `[]`: {}, ``: {}, `{"run":{"info":{"experiment_id":"7","run_id":"r1"}}}`: {},
	} {
		got, err := l.Read([]byte(body))
		if wanted := want != (Owned{}); wanted != (err == nil) || wanted && got != want {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}
