package mlflow

import "testing"

// TestOneof: protobuf stops reading at the second field of a oneof; null is none.
func TestOneof(t *testing.T) {
	s := mustSchema(t)
	for body, ok := range map[string]bool{
		`{"mlflow_experiment":{"experiment_id":"1"}}`:                            true,
		`{"mlflow_experiment":{"experiment_id":"1"},"inference_table":null}`:     true,
		`{"mlflow_experiment":{"experiment_id":"1"},"inference_table":{}}`:       false,
		`{"mlflow_experiment":{"experimentId":"1"}}`:                             false,
		`{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"1"}}`: true,
	} {
		object, err := readBody([]byte(body))
		if err == nil {
			err = s.checkMessage(s.messages["TraceLocation"], object)
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestSchemaThatCannotBeRead is told at start.
func TestSchemaThatCannotBeRead(t *testing.T) {
	if _, err := parseSchema("Message without a tab\n"); err == nil {
		t.Error("accepted")
	}
}
