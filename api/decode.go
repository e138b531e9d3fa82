package api

import (
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decode reads one JSON object: UTF-8, no duplicate names, names as they are spelt, nothing behind it. Those are the decoder's defaults,
// and each has been an attack on MLflow or a Go service in front of it. A null is an absent parameter.
func decode[In any](input jsontext.Value) (In, error) {
	var in In
	err := json.Unmarshal(input, &in)
	return in, explainJSON(err)
}

// explainJSON says what is wrong without repeating any value: it may be a password.
func explainJSON(err error) error {
	if err == nil {
		return nil
	}
	if s, ok := errors.AsType[*json.SemanticError](err); ok && s.JSONPointer != "" {
		return badRequest("Invalid value for parameter %s: it must be %s.", quote(s.JSONPointer.LastToken()), expected(s.GoType))
	}
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return invalid("Parameter %s appears twice in the request body.", quote(s.JSONPointer.LastToken()))
		}
		return invalid("The request body must be one JSON object in UTF-8; it is malformed at byte %d.", s.ByteOffset)
	}
	return invalid("The request body must be one JSON object in UTF-8.")
}

func expected(t reflect.Type) string {
	if t == nil {
		return "a string"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		return "an object"
	default:
		return "a string"
	}
}
