package config

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"extauthz/authz"
)

// scalar is a value that is one text.
type scalar struct {
	kind  *Schema
	parse func(text string) error
	print func() string
}

func (s *scalar) schema() *Schema          { return s.kind }
func (s *scalar) set(texts []string) error { return s.parse(texts[len(texts)-1]) } // of a flag that is given twice the last one counts
func (s *scalar) load(n *yaml.Node) error  { return s.parse(n.Value) }
func (s *scalar) dump() *yaml.Node         { return scalarNode(s.kind.Type, s.print()) }

func text(field *string, name, otherwise, help string) Setting {
	*field = otherwise
	return Setting{Name: name, Help: help, Default: otherwise, field: field, value: &scalar{
		kind: &Schema{Type: "string"}, print: func() string { return *field },
		parse: func(text string) error { *field = text; return nil },
	}}
}

func boolean(field *bool, name string, otherwise bool, help string) Setting {
	*field = otherwise
	return Setting{Name: name, Help: help, Default: strconv.FormatBool(otherwise), field: field, value: &scalar{
		kind: &Schema{Type: "boolean"}, print: func() string { return strconv.FormatBool(*field) },
		parse: func(text string) error { return parseBool(text, field) },
	}}
}

// negated is for a field that says the opposite of its setting. Nothing is the default, as in MLflow.
func negated(field *bool, name string, otherwise bool, help string) Setting {
	*field = !otherwise
	return Setting{Name: name, Help: help, Default: strconv.FormatBool(otherwise), field: field, value: &scalar{
		kind: &Schema{Type: "boolean"}, print: func() string { return strconv.FormatBool(!*field) },
		parse: func(text string) error {
			opposite := otherwise
			if text == "" {
				text = strconv.FormatBool(otherwise)
			}
			err := parseBool(text, &opposite)
			*field = !opposite
			return err
		},
	}}
}

func parseBool(text string, field *bool) error {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New("want true or false")
	}
	*field = b
	return nil
}

func integer(field *int, name string, otherwise int, help string) Setting {
	*field = otherwise
	return Setting{Name: name, Help: help, Default: strconv.Itoa(otherwise), field: field, value: &scalar{
		kind: &Schema{Type: "integer"}, print: func() string { return strconv.Itoa(*field) },
		parse: func(text string) error {
			n, err := strconv.Atoi(text)
			if err != nil {
				return errors.New("want a whole number")
			}
			*field = n
			return nil
		},
	}}
}

// share is a number from 0 to 1.
func share(field *float64, name string, otherwise float64, help string) Setting {
	*field = otherwise
	return Setting{Name: name, Help: help, Default: shortest(otherwise), field: field, value: &scalar{
		kind: &Schema{Type: "number"}, print: func() string { return shortest(*field) },
		parse: func(text string) error {
			f, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return errors.New("want a number")
			}
			*field = f
			return nil
		},
	}}
}

func shortest(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// duration is written as 1m30s.
func duration(field *time.Duration, name string, otherwise time.Duration, help string) Setting {
	*field = otherwise
	return Setting{Name: name, Help: help, Default: otherwise.String(), field: field, value: &scalar{
		kind: durationSchema(), print: func() string { return field.String() },
		parse: func(text string) error {
			d, err := time.ParseDuration(text)
			if err != nil {
				return errors.New("want a duration like 90s or 1m30s")
			}
			*field = d
			return nil
		},
	}}
}

// level is of logs: debug, info, warn or error.
func level(field *slog.Level, name string, otherwise slog.Level, help string) Setting {
	*field = otherwise
	names := []string{"debug", "info", "warn", "error"}
	return Setting{Name: name, Help: help, Default: strings.ToLower(otherwise.String()), field: field, value: &scalar{
		kind: &Schema{Type: "string", Enum: names}, print: func() string { return strings.ToLower(field.String()) },
		parse: func(text string) error {
			if !slices.Contains(names, text) {
				return errors.New("want one of " + strings.Join(names, ", "))
			}
			return field.UnmarshalText([]byte(text))
		},
	}}
}

func permission(field *authz.Permission, name string, otherwise authz.Permission, help string) Setting {
	*field = otherwise
	var names []string
	for _, p := range []authz.Permission{authz.Read, authz.Use, authz.Edit, authz.Manage, authz.NoPermissions} {
		names = append(names, p.String())
	}
	return Setting{Name: name, Help: help, Default: otherwise.String(), field: field, value: &scalar{
		kind: &Schema{Type: "string", Enum: names}, print: func() string { return field.String() },
		parse: func(text string) error {
			p, err := authz.ParsePermission(text)
			*field = p
			return err
		},
	}}
}
