package mlflow

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed schema/messages.txt
var messagesText string

// schema holds MLflow's request messages, by name, as schema/messages.txt lists them.
type schema struct {
	messages map[string]message
	enums    map[string]map[string]bool // names and numbers, both as strings
}

// message is a protobuf message's fields by name.
type message map[string]field

// field is one field of a message: a scalar type, an enum or another message, perhaps repeated or the values of a map.
type field struct {
	Type     string // "string", "int64", "ViewType", "RunTag"
	Repeated bool
	Map      bool
	Oneof    string // at most one field of a oneof may be set; "" for none
}

func parseSchema(text string) (schema, error) {
	s := schema{messages: map[string]message{}, enums: map[string]map[string]bool{}}
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			return s, fmt.Errorf("message schema: no tab in %q", line)
		}
		if enum, ok := strings.CutPrefix(name, "enum "); ok {
			s.enums[enum] = parseEnum(rest)
			continue
		}
		s.messages[name] = parseMessage(rest)
	}
	return s, nil
}

func parseEnum(text string) map[string]bool {
	values := map[string]bool{}
	for _, v := range strings.Fields(text) {
		name, number, _ := strings.Cut(v, "=")
		values[name], values[number] = true, true
	}
	return values
}

func parseMessage(text string) message {
	m := message{}
	for _, f := range strings.Fields(text) {
		name, kind, _ := strings.Cut(f, ":")
		kind, oneof, _ := strings.Cut(kind, "|")
		kind, repeated := strings.CutSuffix(kind, "[]")
		kind, isMap := strings.CutSuffix(kind, "{}")
		m[name] = field{Type: kind, Repeated: repeated, Map: isMap, Oneof: oneof}
	}
	return m
}

// alias reports which field a key would mean to a reader that folds case or accepts camelCase, when it is not that field's own name.
func (m message) alias(key string) (string, bool) {
	if _, exact := m[key]; exact {
		return "", false
	}
	folded := fold(key)
	for name := range m {
		if fold(name) == folded {
			return name, true
		}
	}
	return "", false
}

func fold(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}
