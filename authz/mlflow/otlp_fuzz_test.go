package mlflow

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// FuzzOTLP: of what is accepted a decoder that knows the whole message names the same traces and reserved tags. The body goes in as it is
// and compressed.
func FuzzOTLP(f *testing.F) {
	for line := range strings.Lines(readFile(f, "testdata/otlp-3.17.2.tsv")) {
		c := readOTLPCase(f, line)
		media, _ := c.request.Headers.One("content-type")
		f.Add(media == "application/json", c.request.Body)
	}
	message := otlpDescriptor(f)
	f.Fuzz(func(t *testing.T, inJSON bool, body []byte) {
		media := map[bool]string{true: "application/json", false: "application/x-protobuf"}[inJSON]
		params, err := readOTLP(otlpRequest(body, "-content-type", media))
		for encoding, open := range map[string]func(io.Writer) io.WriteCloser{"gzip": gzipped, "deflate": zlibbed} {
			if len(body) == 0 {
				break
			}
			again, err2 := readOTLP(otlpRequest(packed(body, open), "-content-type", media, "content-encoding", encoding))
			if err2 != nil && (err != nil || encoding == "deflate") { // which may be a message by itself
				continue
			}
			if err != nil || err2 != nil || !slices.Equal(otlpStrings(again["trace_ids"]), otlpStrings(params["trace_ids"])) {
				t.Errorf("%v, %v, but by %s %v, %v", params, err, encoding, again, err2)
			}
		}
		if err != nil {
			return
		}
		theirs := decodedJSON
		if !inJSON {
			theirs = func(body []byte) (any, error) {
				m := dynamicpb.NewMessage(message)
				err := proto.Unmarshal(body, m)
				return plainMessage(m), err
			}
		}
		decoded, err := theirs(body)
		if err != nil {
			return // a part that decides nothing is malformed: MLflow refuses all of it
		}
		compareOTLP(t, params, decoded)
	})
}

// compareOTLP walks the decoded message, whose keys are protobuf's JSON names and whose ids are hex.
func compareOTLP(t *testing.T, params map[string]any, decoded any) {
	t.Helper()
	var traces, tags []string
	for _, rs := range under(decoded, "resourceSpans") {
		for _, a := range under(in(rs, "resource"), "attributes") {
			if key, _ := in(a, "key").(string); reservedTag(key) && !strings.HasPrefix(key, mlflowPrefix) {
				tags = append(tags, key)
			}
		}
		for _, ss := range under(rs, "scopeSpans") {
			for _, span := range under(ss, "spans") {
				id, _ := in(span, "traceId").(string)
				traces = append(traces, "tr-"+strings.ToLower(id))
				for _, a := range under(span, "attributes") {
					key, _ := in(a, "key").(string)
					if value, ok := in(in(a, "value"), "stringValue").(string); key == traceRequestID {
						if traces = append(traces, value); !ok {
							t.Errorf("%v has a request id that is no string", span)
						}
					}
					if tag, ok := strings.CutPrefix(key, traceTagPrefix); ok && reservedTag(tag) {
						tags = append(tags, tag)
					}
				}
			}
		}
	}
	for key, want := range map[string][]string{"trace_ids": traces, "trace_tags": tags} {
		got := otlpStrings(params[key])
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s are %q, decoded they are %q", key, got, want)
		}
	}
}

func in(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

func under(v any, name string) []any {
	list, _ := in(v, name).([]any)
	return list
}

func decodedJSON(body []byte) (any, error) {
	var v any
	err := json.Unmarshal(body, &v)
	return v, err
}

// plainMessage turns a message into what its JSON would be, with hex for bytes.
func plainMessage(m protoreflect.Message) any {
	object := map[string]any{}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if !f.IsList() {
			object[f.JSONName()] = plainValue(v.Interface())
			return true
		}
		list := []any{}
		for i := range v.List().Len() {
			list = append(list, plainValue(v.List().Get(i).Interface()))
		}
		object[f.JSONName()] = list
		return true
	})
	return object
}

func plainValue(v any) any {
	switch v := v.(type) {
	case protoreflect.Message:
		return plainMessage(v)
	case []byte:
		return hex.EncodeToString(v)
	default:
		return v
	}
}

// otlpDescriptor is the part of opentelemetry/proto that our reader knows, and what it does not look into.
func otlpDescriptor(f *testing.F) protoreflect.MessageDescriptor {
	f.Helper()
	const text = `
		name: "otlp.proto" syntax: "proto3"
		message_type { name: "Request" field { name: "resource_spans" number: 1 label: LABEL_REPEATED type_name: ".ResourceSpans" } }
		message_type { name: "ResourceSpans"
			field { name: "resource" number: 1 type_name: ".Resource" }
			field { name: "scope_spans" number: 2 label: LABEL_REPEATED type_name: ".ScopeSpans" } }
		message_type { name: "Resource" field { name: "attributes" number: 1 label: LABEL_REPEATED type_name: ".KeyValue" } }
		message_type { name: "ScopeSpans" field { name: "spans" number: 2 label: LABEL_REPEATED type_name: ".Span" } }
		message_type { name: "Span"
			field { name: "trace_id" number: 1 type: TYPE_BYTES } field { name: "span_id" number: 2 type: TYPE_BYTES }
			field { name: "trace_state" number: 3 type: TYPE_STRING } field { name: "parent_span_id" number: 4 type: TYPE_BYTES }
			field { name: "name" number: 5 type: TYPE_STRING } field { name: "kind" number: 6 type: TYPE_INT32 }
			field { name: "start_time_unix_nano" number: 7 type: TYPE_FIXED64 }
			field { name: "attributes" number: 9 label: LABEL_REPEATED type_name: ".KeyValue" } }
		message_type { name: "KeyValue" field { name: "key" number: 1 type: TYPE_STRING } field { name: "value" number: 2 type_name: ".AnyValue" } }
		message_type { name: "AnyValue" oneof_decl { name: "value" }
			field { name: "string_value" number: 1 type: TYPE_STRING oneof_index: 0 } field { name: "bool_value" number: 2 type: TYPE_BOOL oneof_index: 0 }
			field { name: "int_value" number: 3 type: TYPE_INT64 oneof_index: 0 } field { name: "double_value" number: 4 type: TYPE_DOUBLE oneof_index: 0 }
			field { name: "bytes_value" number: 7 type: TYPE_BYTES oneof_index: 0 } }`
	var d descriptorpb.FileDescriptorProto
	if err := prototext.Unmarshal([]byte(text), &d); err != nil {
		f.Fatal(err)
	}
	file, err := protodesc.NewFile(&d, nil)
	if err != nil {
		f.Fatal(err)
	}
	return file.Messages().ByName("Request")
}
