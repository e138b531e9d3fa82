package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Schema is the part of JSON Schema (2020-12) that settings need. What the YAML file may hold is checked against the same values that
// `extauthz config schema` prints.
type Schema struct {
	Dialect              string             `json:"$schema,omitzero"`
	Title                string             `json:"title,omitzero"`
	Description          string             `json:"description,omitzero"`
	Type                 string             `json:"type"`
	Enum                 []string           `json:"enum,omitzero"`
	Pattern              string             `json:"pattern,omitzero"`
	Default              any                `json:"default,omitzero"`
	Items                *Schema            `json:"items,omitzero"`
	Properties           map[string]*Schema `json:"properties,omitzero"`
	Required             []string           `json:"required,omitzero"`
	AdditionalProperties any                `json:"additionalProperties,omitzero"` // false, or the *Schema of whatever is not named
}

func durationSchema() *Schema {
	return &Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`}
}

var (
	durationType  = reflect.TypeFor[time.Duration]()
	textInterface = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// schemaOf derives the schema of a Go type. Fields of structures have the tags yaml:"key" and help:"what it is", and where it applies
// required:"true" and enum:"a,b".
func schemaOf(t reflect.Type) *Schema {
	switch {
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t == durationType:
		return durationSchema()
	case reflect.PointerTo(t).Implements(textInterface):
		return &Schema{Type: "string"}
	}
	switch t.Kind() {
	case reflect.String:
		return &Schema{Type: "string"}
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &Schema{Type: "integer"}
	case reflect.Slice:
		return &Schema{Type: "array", Items: schemaOf(t.Elem())}
	case reflect.Map:
		return &Schema{Type: "object", AdditionalProperties: schemaOf(t.Elem())}
	case reflect.Struct:
		s := &Schema{Type: "object", Properties: map[string]*Schema{}, AdditionalProperties: false}
		s.fields(t)
		return s
	default:
		panic(fmt.Sprintf("config: no setting can be a %v", t)) // a programming error, seen by every test
	}
}

func (s *Schema) fields(t reflect.Type) {
	for f := range t.Fields() {
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			s.fields(f.Type)
			continue
		case key == "-" || !f.IsExported():
			continue
		case key == "":
			panic(fmt.Sprintf("config: %v.%s has no yaml tag", t, f.Name))
		}
		property := schemaOf(f.Type)
		property.Description = f.Tag.Get("help")
		if enum := f.Tag.Get("enum"); enum != "" {
			property.Enum = strings.Split(enum, ",")
		}
		if f.Tag.Get("required") == "true" {
			s.Required = append(s.Required, key)
		}
		s.Properties[key] = property
	}
}
