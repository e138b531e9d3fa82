package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// fault is something wrong in a YAML file.
type fault struct {
	line int
	text string
}

// check compares what is written with what may be written. It names keys and types, and shows no value but one that should be one of a few.
func (s *Schema) check(n *yaml.Node, name string) []fault {
	n = target(n)
	if got := typeOf(n); got != s.Type && !(got == "integer" && s.Type == "number") {
		return []fault{{n.Line, fmt.Sprintf("%s: want %s, not %s", name, words[s.Type], wrong(got, s.Type, n))}}
	}
	switch s.Type {
	case "array":
		return s.checkItems(n, name)
	case "object":
		return s.checkKeys(n, name)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, n.Value) {
		return []fault{{n.Line, fmt.Sprintf("%s: %q is none of %s%s", name, n.Value, strings.Join(s.Enum, ", "), didYouMean(n.Value, s.Enum))}}
	}
	return nil
}

func (s *Schema) checkItems(n *yaml.Node, name string) (faults []fault) {
	for i, item := range n.Content {
		faults = append(faults, s.Items.check(item, fmt.Sprintf("%s[%d]", name, i))...)
	}
	return faults
}

func (s *Schema) checkKeys(n *yaml.Node, name string) (faults []fault) {
	seen := map[string]int{}
	for key, value := range pairs(n) {
		found := s.property(key.Value)
		first, twice := seen[key.Value]
		switch {
		case twice:
			faults = append(faults, fault{key.Line, fmt.Sprintf("%s is there twice, also in line %d", dotted(name, key.Value), first)})
		case found == nil:
			faults = append(faults, fault{key.Line, s.unknown(name, key.Value)})
		default:
			faults = append(faults, found.check(value, dotted(name, key.Value))...)
		}
		seen[key.Value] = key.Line
	}
	for _, key := range s.Required {
		if _, there := seen[key]; !there {
			faults = append(faults, fault{n.Line, dotted(name, key) + " is missing"})
		}
	}
	return faults
}

func (s *Schema) property(key string) *Schema {
	if found, ok := s.Properties[key]; ok {
		return found
	}
	rest, _ := s.AdditionalProperties.(*Schema)
	return rest
}

func (s *Schema) unknown(name, key string) string {
	if _, secret := s.Properties[key+"_file"]; secret {
		return fmt.Sprintf("%s: a secret is not written here; put it into a file of its own and name that with %s_file", dotted(name, key), key)
	}
	return fmt.Sprintf("unknown key %q%s", dotted(name, key), didYouMean(key, slices.Sorted(maps.Keys(s.Properties))))
}

func dotted(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

var words = map[string]string{"string": "text", "boolean": "true or false", "integer": "a whole number", "number": "a number", "array": "a list", "object": "a map"}

// fraction is a number as everybody writes it: not infinite, and without an exponent.
var fraction = regexp.MustCompile(`^-?(0|[1-9][0-9]*)\.[0-9]+$`)

// decimal numbers have one spelling: 010 is eight to some readers of YAML and ten to others.
var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// typeOf is JSON's name of the type, "" for what is none of those that settings have.
func typeOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "array"
	case n.Kind == yaml.MappingNode:
		return "object"
	case n.ShortTag() == "!!str":
		return "string"
	case n.ShortTag() == "!!bool":
		return "boolean"
	case n.ShortTag() == "!!int" && decimal.MatchString(n.Value):
		return "integer"
	case n.ShortTag() == "!!float" && fraction.MatchString(n.Value):
		return "number"
	default:
		return ""
	}
}

func wrong(got, want string, n *yaml.Node) string {
	switch {
	case n.ShortTag() == "!!null":
		return "nothing"
	case want == "string" && n.Kind == yaml.ScalarNode:
		return strings.TrimPrefix(n.ShortTag(), "!!") + ": put it in quotes"
	case got == "":
		return "something else"
	default:
		return words[got]
	}
}
