package mlflow

import (
	"math"
	"strconv"
	"strings"

	"extauthz/authz"
)

// checkMessage demands that every known field of a message has its proto3 JSON type. MLflow swallows a protobuf parse error and goes on
// with the fields read until then, so one mis-typed field can make it forget the scope of a search. What is accepted here is what the
// Python parser of every supported protobuf accepts, and where that is odd (int("1\n") is 1) less. Unknown fields are ignored, as MLflow
// does, unless they are a known field in another spelling.
func (s schema) checkMessage(m message, object map[string]any) error {
	oneofs := map[string]string{}
	for key, value := range object {
		f, known := m[key]
		if !known {
			if strings.HasPrefix(key, "[") { // protobuf takes it for an extension, which no message has: a parse error
				return ambiguousBody("the key " + strconv.Quote(key) + " looks like a protobuf extension")
			}
			if name, ok := m.alias(key); ok {
				return ambiguousBody("the key " + strconv.Quote(key) + " is another spelling of " + name + "; use " + name)
			}
			continue
		}
		if value == nil {
			continue
		}
		if f.Oneof != "" {
			if other, taken := oneofs[f.Oneof]; taken {
				return ambiguousBody("only one of " + key + " and " + other + " may be set")
			}
			oneofs[f.Oneof] = key
		}
		if err := s.checkField(key, f, value); err != nil {
			return err
		}
	}
	return nil
}

func (s schema) checkField(key string, f field, value any) error {
	switch {
	case f.Map:
		object, ok := value.(map[string]any)
		for _, v := range object {
			if err := s.checkField(key, field{Type: f.Type}, v); err != nil {
				return err
			}
		}
		return mistyped(key, "an object", ok)
	case f.Repeated:
		list, ok := value.([]any)
		for _, v := range list {
			if err := s.checkField(key, field{Type: f.Type}, v); err != nil {
				return err
			}
		}
		return mistyped(key, "a list", ok)
	}
	if m, ok := s.messages[f.Type]; ok {
		object, ok := value.(map[string]any)
		if !ok {
			return mistyped(key, "an object", false)
		}
		return s.checkMessage(m, object)
	}
	return s.checkScalar(key, f.Type, value)
}

func (s schema) checkScalar(key, kind string, value any) error {
	if names, ok := s.enums[kind]; ok {
		return mistyped(key, "a name of "+kind, names[text(value)])
	}
	if c, ok := checks[kind]; ok {
		return mistyped(key, c.want, c.ok(value))
	}
	return mistyped(key, "of a type that is supported ("+kind+")", false)
}

// checks are the proto3 JSON forms of every type that is neither a message of MLflow's nor an enum.
var checks = map[string]struct {
	want string
	ok   func(any) bool
}{
	"string":                    {"a string", isString},
	"bool":                      {"true or false", isBool},
	"int32":                     {"an integer (int32)", func(v any) bool { return validInt(32, v) }},
	"int64":                     {"an integer (int64)", func(v any) bool { return validInt(64, v) }},
	"uint32":                    {"an integer (uint32)", func(v any) bool { return validUint(32, v) }},
	"uint64":                    {"an integer (uint64)", func(v any) bool { return validUint(64, v) }},
	"float":                     {"a number", func(v any) bool { return validFloat(math.MaxFloat32, v) }},
	"double":                    {"a number", func(v any) bool { return validFloat(math.MaxFloat64, v) }},
	"bytes":                     {"base64", validBytes},
	"google.protobuf.Timestamp": {"a time such as 2006-01-02T15:04:05Z", validTimestamp},
	"google.protobuf.Duration":  {"a duration such as 1.5s", validDuration},
	"google.protobuf.FieldMask": {"a list of camelCase paths such as feedback,assessmentName", validFieldMask},
	"google.protobuf.Value":     {"JSON that is not nested as deeply", validJSON},
	"google.protobuf.Struct":    {"an object that is not nested as deeply", func(v any) bool { return isObject(v) && validJSON(v) }},
	"google.protobuf.ListValue": {"a list that is not nested as deeply", func(v any) bool { return isList(v) && validJSON(v) }},
}

func isString(value any) bool { _, ok := value.(string); return ok }
func isBool(value any) bool   { _, ok := value.(bool); return ok }
func isObject(value any) bool { _, ok := value.(map[string]any); return ok }
func isList(value any) bool   { _, ok := value.([]any); return ok }

func mistyped(key, want string, ok bool) error {
	if ok {
		return nil
	}
	return authz.Refuse(authz.InvalidParameter, "Invalid value for parameter "+strconv.Quote(key)+": it must be "+want+".")
}
