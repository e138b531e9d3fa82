package api

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
)

// number is the id of a role or of one of its permissions. MLflow's clients send it as a JSON number, or in a query.
type number struct{ identifier }

// UnmarshalJSONFrom takes both spellings; what is no number is the operation's to refuse.
func (n *number) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	return n.identifier.UnmarshalJSONFrom(d)
}

// JSONSchema describes it for openapi.
func (number) JSONSchema() *openapi.Schema {
	return &openapi.Schema{Type: openapi.Types{"integer", "string"}, Pattern: "^(0|[1-9][0-9]{0,19})$", Minimum: new(0)}
}

// id is the number, in its one spelling.
func (n number) id(parameter string) (uint64, error) {
	if err := required(parameter, n.Text); err != nil {
		return 0, err
	}
	id, err := strconv.ParseUint(n.Text, 10, 64)
	if err != nil || strconv.FormatUint(id, 10) != n.Text {
		return 0, invalid("Parameter '%s' must be an integer. Got: %s", parameter, quote(n.Text))
	}
	return id, nil
}
