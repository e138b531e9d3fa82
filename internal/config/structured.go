package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// structured is a list or map of structures, which can be written in the YAML file alone. The tags of the structure say what it may hold; see
// schemaOf.
func structured[T any](field *T, name, help string) Setting {
	return Setting{Name: name, Help: help, fileOnly: true, field: field, value: structure[T]{field}}
}

type structure[T any] struct{ field *T }

func (v structure[T]) schema() *Schema { return schemaOf(reflect.TypeFor[T]()) }

func (v structure[T]) set([]string) error { return errors.New("is set in the YAML file alone") }

func (v structure[T]) load(n *yaml.Node) error {
	var read T
	err := n.Load(&read, yaml.WithKnownFields())
	var faulty *yaml.LoadErrors
	if errors.As(err, &faulty) {
		return errors.New(messages(faulty))
	}
	if err == nil {
		*v.field = read
	}
	return err
}

// messages says what was wrong, and where. The values themselves stay out: which of them are harmless is not known here.
func messages(faulty *yaml.LoadErrors) string {
	var all []string
	for _, e := range faulty.Errors {
		all = append(all, fmt.Sprintf("line %d: not a value that can stand here", e.Mark.Line))
	}
	return strings.Join(all, "; ")
}

func (v structure[T]) dump() *yaml.Node {
	if reflect.ValueOf(v.field).Elem().IsZero() {
		return nil
	}
	n := &yaml.Node{}
	if err := n.Encode(*v.field); err != nil {
		return nil
	}
	return n
}
