package mlflow

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"extauthz/authz"
)

// checkMessage demands that every known field of a message has its proto3 JSON type. MLflow swallows a protobuf parse error and goes on
// with the fields read until then, so one mis-typed field can make it forget the scope of a search. Unknown fields are ignored, as
// MLflow does, unless they are a known field in another spelling.
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
	switch kind {
	case "string":
		_, ok := value.(string)
		return mistyped(key, "a string", ok)
	case "bool":
		_, ok := value.(bool)
		return mistyped(key, "true or false", ok)
	case "int32", "int64", "uint32", "uint64":
		return mistyped(key, "an integer ("+kind+")", validInt(kind, value))
	case "double", "float":
		return mistyped(key, "a number", validFloat(value))
	case "bytes":
		v, ok := value.(string)
		_, err := base64.StdEncoding.DecodeString(v)
		return mistyped(key, "base64", ok && err == nil)
	case "google.protobuf.Value", "google.protobuf.Struct", "google.protobuf.ListValue":
		return nil // any JSON
	case "google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask":
		_, ok := value.(string)
		return mistyped(key, "a string ("+kind+")", ok)
	default:
		return mistyped(key, "of a type that is supported ("+kind+")", false)
	}
}

// text is a string or number as written; anything else is "".
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case number:
		return string(v)
	default:
		return ""
	}
}

// exactDigits is how many decimal digits a double holds exactly.
const exactDigits = 15

func validInt(kind string, value any) bool {
	s := text(value)
	if _, isNumber := value.(number); isNumber {
		whole, float := strings.CutSuffix(s, ".0") // proto3 JSON takes 1.0 for 1, by way of a double
		if float && len(whole) > exactDigits {
			return false
		}
		s = whole
	}
	bits := 64
	if strings.HasSuffix(kind, "32") {
		bits = 32
	}
	if strings.HasPrefix(s, "+") || strings.Contains(s, "_") {
		return false
	}
	if strings.HasPrefix(kind, "u") {
		_, err := strconv.ParseUint(s, 10, bits)
		return err == nil
	}
	_, err := strconv.ParseInt(s, 10, bits)
	return err == nil
}

func validFloat(value any) bool {
	s := text(value)
	if s == "NaN" || s == "Infinity" || s == "-Infinity" {
		_, quoted := value.(string)
		return quoted
	}
	f, err := strconv.ParseFloat(s, 64)
	return err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) && !strings.ContainsAny(s, "_xX")
}

func mistyped(key, want string, ok bool) error {
	if ok {
		return nil
	}
	return authz.Refuse(authz.InvalidParameter, "Invalid value for parameter "+strconv.Quote(key)+": it must be "+want+".")
}
