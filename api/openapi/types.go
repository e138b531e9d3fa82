package openapi

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// longestName is the most bytes of an identifier.
const longestName = 1024

// Definitions are the schemas that others refer to by name.
type Definitions map[string]*Schema

// Input is the schema of what a request of that type may say: nothing beyond it, and only what is tagged is required.
func Input[T any]() *Schema {
	return reader{input: true}.schema(reflect.TypeFor[T]())
}

// Answer is the schema of an answer of that type. Named parts of it, those whose name ends in Object, are added to the definitions.
func (d Definitions) Answer(t reflect.Type) *Schema {
	return reader{definitions: d}.schema(t)
}

// reader makes schemas of one side: of inputs, or of answers.
type reader struct {
	input       bool
	definitions Definitions
}

var plain = map[reflect.Kind]string{
	reflect.Bool: "boolean", reflect.String: "string", reflect.Int: "integer", reflect.Int64: "integer", reflect.Uint64: "integer",
}

func (r reader) schema(t reflect.Type) *Schema {
	if described, ok := reflect.Zero(t).Interface().(Described); ok {
		return described.JSONSchema()
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return &Schema{Type: Types{"string"}, Format: "date-time"}
	case reflect.TypeFor[jsontext.Value]():
		return &Schema{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(r.schema(t.Elem()))
	case reflect.Slice:
		return &Schema{Type: Types{"array"}, Items: r.schema(t.Elem())}
	case reflect.Map:
		return &Schema{Type: Types{"object"}, AdditionalProperties: r.schema(t.Elem())}
	case reflect.Struct:
		return r.named(t)
	}
	name, ok := plain[t.Kind()]
	if !ok {
		panic(fmt.Sprintf("openapi: %s is of no type that JSON has", t))
	}
	s := &Schema{Type: Types{name}}
	if t.Kind() == reflect.Uint64 {
		s.Minimum = new(int)
	}
	return s
}

func nullable(s *Schema) *Schema {
	if s.Ref != "" {
		return &Schema{AnyOf: []*Schema{s, {Type: Types{"null"}}}}
	}
	s.Type = append(s.Type, "null")
	return s
}

// named defines a struct that has a name of its own, and refers to it.
func (r reader) named(t reflect.Type) *Schema {
	name, isObject := strings.CutSuffix(t.Name(), "Object")
	if r.input || !isObject {
		return r.object(t)
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if _, known := r.definitions[name]; !known {
		r.definitions[name] = nil // it may contain itself
		r.definitions[name] = r.object(t)
	}
	return &Schema{Ref: "#/components/schemas/" + name}
}

func (r reader) object(t reflect.Type) *Schema {
	s := Object(map[string]*Schema{})
	r.members(t, s)
	return s
}

func (r reader) members(t reflect.Type, s *Schema) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name != "":
			r.member(f, name, options, s)
		case options == "embed":
			s.AdditionalProperties = false // what is unknown is taken in to be refused
		case f.Anonymous:
			r.members(f.Type, s)
		}
	}
}

func (r reader) member(f reflect.StructField, name, options string, s *Schema) {
	one := r.schema(f.Type)
	required := !r.input && options == ""
	for word := range strings.SplitSeq(f.Tag.Get("api"), ",") {
		required = required || word == "required"
		one.apply(word)
	}
	switch {
	case required:
		s.Required = append(s.Required, name)
	case r.input:
		one = one.orAbsent()
	}
	s.Properties[name] = one
}

// orAbsent also takes what is as good as nothing: null, and for a text whose form matters the empty one.
func (s *Schema) orAbsent() *Schema {
	if s.Format == "date-time" {
		return &Schema{AnyOf: []*Schema{s, {Type: Types{"string"}, MaxLength: new(0)}, {Type: Types{"null"}}}}
	}
	if len(s.Type) > 0 && !slices.Contains(s.Type, "null") {
		s.Type = append(s.Type, "null")
		if s.Enum != nil {
			s.Enum = append(s.Enum, "", nil)
		}
	}
	return s
}

// apply adds what a tag says.
func (s *Schema) apply(word string) {
	what, value, _ := strings.Cut(word, "=")
	switch what {
	case "", "required":
	case "name":
		s.MinLength, s.MaxLength = new(1), new(longestName)
	case "min":
		s.bound(value, &s.MinLength, &s.Minimum, nil)
	case "max":
		s.bound(value, &s.MaxLength, &s.Maximum, &s.MaxItems)
	case "enum":
		for one := range strings.SplitSeq(value, "|") {
			s.Enum = append(s.Enum, one)
		}
		if slices.Contains(s.Type, "null") {
			s.Enum = append(s.Enum, nil)
		}
	case "format":
		s.Format = value
	case "object":
		s.Type = Types{"object"}
	default:
		panic("openapi: the tag has a word that means nothing: " + word)
	}
}

func (s *Schema) bound(value string, text, number, list **int) {
	n, err := strconv.Atoi(value)
	if err != nil {
		panic("openapi: a bound is no number: " + value)
	}
	switch s.Type[0] {
	case "string":
		*text = &n
	case "array":
		*list = &n
	default:
		*number = &n
	}
}
