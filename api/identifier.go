package api

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
)

// identifier is a resource's id, which MLflow's older clients may send as a JSON number. It is answered with the type that was sent.
type identifier struct {
	Text   string
	Number bool
}

// UnmarshalJSONFrom keeps a number as it was written: "1.0" and "1e0" are not 1.
func (i *identifier) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch kind := token.Kind(); kind {
	case jsontext.KindNull:
		*i = identifier{}
	case jsontext.KindString, jsontext.KindNumber:
		*i = identifier{Text: token.String(), Number: kind == jsontext.KindNumber}
	default:
		return &json.SemanticError{JSONKind: kind}
	}
	return nil
}

// JSONSchema describes it for openapi.
func (identifier) JSONSchema() *openapi.Schema {
	return &openapi.Schema{Type: openapi.Types{"string", "integer"}, MinLength: new(1), MaxLength: new(longestName)}
}

func (i identifier) MarshalJSONTo(e *jsontext.Encoder) error {
	if i.Number {
		return e.WriteValue(jsontext.Value(i.Text))
	}
	return e.WriteToken(jsontext.String(i.Text))
}
