package rpc

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// parameters are what the REST API would be asked with: every field that is there, by its name. protojson would write 64 bit numbers as
// texts, and enums by their whole names.
func parameters(m protoreflect.Message) (jsontext.Value, error) {
	if len(m.GetUnknown()) > 0 {
		return nil, status.Error(codes.InvalidArgument, "The message has a field that this service does not know.")
	}
	if wellKnown(m.Descriptor()) {
		text, err := protojson.Marshal(m.Interface())
		return text, err
	}
	object := map[string]any{}
	var failed error
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		object[string(field.Name())], failed = parameter(field, v)
		return failed == nil
	})
	if failed != nil {
		return nil, failed
	}
	if list, ok := object[items]; ok && isList(m.Descriptor()) {
		return json.Marshal(list)
	}
	if isList(m.Descriptor()) {
		return jsontext.Value("[]"), nil
	}
	return json.Marshal(object, json.Deterministic(true))
}

func parameter(field protoreflect.FieldDescriptor, v protoreflect.Value) (any, error) {
	switch {
	case field.IsMap():
		all := map[string]any{}
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			all[k.String()] = v.Interface()
			return true
		})
		return all, nil
	case field.IsList():
		all := make([]any, v.List().Len())
		for i := range all {
			var err error
			if all[i], err = single(field, v.List().Get(i)); err != nil {
				return nil, err
			}
		}
		return all, nil
	default:
		return single(field, v)
	}
}

func single(field protoreflect.FieldDescriptor, v protoreflect.Value) (any, error) {
	switch field.Kind() {
	case protoreflect.MessageKind:
		return parameters(v.Message())
	case protoreflect.EnumKind:
		return word(field.Enum(), v.Enum()), nil
	default:
		return v.Interface(), nil
	}
}

// word is the REST API's for an enum's value. A number that no value has stays one, to be refused like any other word.
func word(d protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	if value := d.Values().ByNumber(n); value != nil {
		return strings.TrimPrefix(string(value.Name()), prefix(d))
	}
	return strconv.Itoa(int(n))
}

// prefix begins the names of an enum's values: PERMISSION_ for Permission.
func prefix(d protoreflect.EnumDescriptor) string { return strings.ToUpper(string(d.Name())) + "_" }

// items is the only field of a message that stands for a list which may be empty and still be there.
const items = "items"

func isList(d protoreflect.MessageDescriptor) bool {
	return d.Fields().Len() == 1 && d.Fields().ByName(items) != nil
}

// wellKnown are messages that JSON has a form of its own for.
func wellKnown(d protoreflect.MessageDescriptor) bool {
	return d.FullName().Parent() == "google.protobuf"
}
