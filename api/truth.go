package api

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
)

// truth is true or false, as JSON has them or as a query does. Absent is false.
type truth struct{ text string }

// UnmarshalJSONFrom takes both spellings; a text that is neither is the operation's to refuse.
func (t *truth) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch kind := token.Kind(); kind {
	case jsontext.KindNull:
		*t = truth{}
	case jsontext.KindString, jsontext.KindTrue, jsontext.KindFalse:
		t.text = token.String()
	default:
		return &json.SemanticError{JSONKind: kind}
	}
	return nil
}

// JSONSchema describes it for openapi.
func (truth) JSONSchema() *openapi.Schema {
	return &openapi.Schema{Type: openapi.Types{"string", "boolean"}, Enum: []any{"true", "false", true, false}}
}

func (t truth) on(parameter string) (bool, error) {
	switch t.text {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	default:
		return false, invalid("Invalid value for parameter '%s': it must be true or false.", parameter)
	}
}
