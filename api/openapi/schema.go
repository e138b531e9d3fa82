package openapi

import (
	"slices"

	"github.com/go-json-experiment/json"
)

// Schema is a JSON Schema, as far as it is needed here.
type Schema struct {
	Ref                  string             `json:"$ref,omitzero"`
	Type                 Types              `json:"type,omitzero"`
	Format               string             `json:"format,omitzero"`
	Pattern              string             `json:"pattern,omitzero"`
	Enum                 []any              `json:"enum,omitzero"`
	MinLength            *int               `json:"minLength,omitzero"`
	MaxLength            *int               `json:"maxLength,omitzero"`
	Minimum              *int               `json:"minimum,omitzero"`
	Maximum              *int               `json:"maximum,omitzero"`
	MaxItems             *int               `json:"maxItems,omitzero"`
	Items                *Schema            `json:"items,omitzero"`
	Properties           map[string]*Schema `json:"properties,omitzero"`
	Required             []string           `json:"required,omitzero"`
	AdditionalProperties any                `json:"additionalProperties,omitzero"` // false, or the schema of every further one
	AnyOf                []*Schema          `json:"anyOf,omitzero"`
}

// Types are the JSON types that a value may have, the usual one first.
type Types []string

// MarshalJSON writes a single one as such.
func (t Types) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// Described is a type that has its own way to and from JSON, and so its own schema.
type Described interface{ JSONSchema() *Schema }

// Text is a schema of text.
func Text() *Schema { return &Schema{Type: Types{"string"}} }

// Object is one with these members, of which those named are always there.
func Object(properties map[string]*Schema, required ...string) *Schema {
	return &Schema{Type: Types{"object"}, Properties: properties, Required: required}
}

// Closed is the object without any further members.
func (s *Schema) Closed() *Schema {
	s.AdditionalProperties = false
	return s
}

// InText is the schema of the same value where everything is text: in a query, or a path.
func (s *Schema) InText() *Schema {
	text := *s
	if s.AnyOf != nil {
		text.AnyOf = s.AnyOf[:len(s.AnyOf)-1] // but for null
		return &text
	}
	text.Enum = slices.DeleteFunc(slices.Clone(s.Enum), func(one any) bool { _, isText := one.(string); return !isText })
	if text.Type = s.Type[:1]; text.Type[0] == "array" {
		text.Items = s.Items.InText()
	}
	if text.Type[0] != "string" {
		text.Pattern, text.MinLength, text.MaxLength = "", nil, nil
	}
	return &text
}
