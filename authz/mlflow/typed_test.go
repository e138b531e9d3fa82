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

// TestStrictTypes: what Python's protobuf takes and no client sends.
func TestStrictTypes(t *testing.T) {
	s := mustSchema(t)
	for kind, values := range map[string][]any{
		"bytes": {"QQ=", "QQ==\n", "QR==", "-_+/"}, "int32": {"01", "+1", "1_0", "1\n", number("1e3")}, "uint64": {"-0", number("-1")},
		"float": {"1e39", "inf", " 1"}, "double": {"1.", ".5", "1e309"}, "google.protobuf.FieldMask": {"A", ",", "a,,b"},
		"google.protobuf.Duration": {"01s", "1.s"}, "google.protobuf.Timestamp": {"2025-4-15T08:49:18Z", "2025-04-15T08:49:18+99:99"},
		"google.protobuf.Struct": {[]any{}, nil}, "google.protobuf.ListValue": {map[string]any{}, nil}, "google.protobuf.Any": {map[string]any{}},
	} {
		for _, v := range values {
			if s.checkScalar("f", kind, v) == nil {
				t.Errorf("%s takes %q", kind, v)
			}
		}
	}
	for kind, v := range map[string]any{
		"bytes": "QQ", "int32": "-1", "uint64": number("18446744073709551615"), "float": number("3.4028234663852886e+38"), "double": "NaN",
		"google.protobuf.FieldMask": "", "google.protobuf.Duration": "-0.5s", "google.protobuf.Timestamp": "2024-02-29T08:49:18.123456789+05:30",
		"google.protobuf.Struct": map[string]any{"a": nil}, "google.protobuf.ListValue": []any{nil}, "google.protobuf.Value": nil,
	} {
		if err := s.checkScalar("f", kind, v); err != nil {
			t.Errorf("%q: %v", v, err)
		}
	}
}
