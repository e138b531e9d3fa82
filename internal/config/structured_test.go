package config

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

type common struct {
	Name string `yaml:"name" required:"true" help:"its name"`
}

// issuer has a field of every kind that structures may have.
type issuer struct {
	common   `yaml:",inline"`
	Audience []string          `yaml:"audience" help:"who it is for"`
	Claims   map[string]string `yaml:"claims" help:"what must be said"`
	Leeway   time.Duration     `yaml:"leeway" help:"of clocks"`
	From     netip.Prefix      `yaml:"from" help:"where it is"`
	Kind     string            `yaml:"kind" enum:"jwks,discovery" help:"how keys are found"`
	Nested   *common           `yaml:"nested" help:"another"`
	Largest  int               `yaml:"largest" help:"size"`
}

func read(t *testing.T, text string) ([]issuer, error) {
	t.Helper()
	var n yaml.Node
	if err := yaml.Load([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	var all []issuer
	s := structured(&all, "issuers", "those who are believed")
	var faults []string
	for _, f := range s.schema().check(n.Content[0], "issuers") {
		faults = append(faults, f.text)
	}
	if faults != nil {
		return nil, errorText(strings.Join(faults, "\n"))
	}
	return all, s.load(n.Content[0])
}

type errorText string

func (e errorText) Error() string { return string(e) }

func TestStructures(t *testing.T) {
	got, err := read(t, `
- {name: a, audience: [x, y], claims: {group: "5"}, leeway: 1m, from: 10.0.0.0/8, kind: jwks, nested: {name: b}, largest: 3}
- name: only
`)
	want := []issuer{
		{common{"a"}, []string{"x", "y"}, map[string]string{"group": "5"}, time.Minute, netip.MustParsePrefix("10.0.0.0/8"), "jwks", &common{"b"}, 3},
		{common: common{"only"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestStructuresAreStrict(t *testing.T) {
	for text, want := range map[string]string{
		"[{name: a, nmae: b}]":                  `unknown key "issuers[0].nmae"; did you mean name?`,
		"[{}]":                                  "issuers[0].name is missing",
		"[{name: a, name: a}]":                  "issuers[0].name is there twice, also in line 1",
		"[{name: a, nested: {nam: b}}]":         `unknown key "issuers[0].nested.nam"; did you mean name?` + "\nissuers[0].nested.name is missing",
		"[{name: a, claims: {group: 5}}]":       "issuers[0].claims.group: want text, not int: put it in quotes",
		"[{name: a, claims: {g: x, g: y}}]":     "issuers[0].claims.g is there twice, also in line 1",
		"[{name: a, audience: x}]":              "issuers[0].audience: want a list, not text",
		"[{name: a, audience: [x, [y]]}]":       "issuers[0].audience[1]: want text, not a list",
		"[{name: a, kind: jwk}]":                `issuers[0].kind: "jwk" is none of jwks, discovery; did you mean jwks?`,
		"[{name: a, leeway: 5}]":                "issuers[0].leeway: want text, not int: put it in quotes",
		"[{name: a, leeway: soon}]":             "line 1: not a value that can stand here",
		"[{name: a, from: secret-of-the-file}]": "line 1: not a value that can stand here",
		"[{name: a, largest: 0x10}]":            "issuers[0].largest: want a whole number, not something else",
		"[{name: a, <<: {kind: jwks}}]":         `unknown key "issuers[0].<<"`,
		"{name: a}":                             "issuers: want a list, not a map",
		"[null]":                                "issuers[0]: want a map, not nothing",
	} {
		if got, err := read(t, text); err == nil || err.Error() != want {
			t.Errorf("%s: %+v, %v; want %s", text, got, err, want)
		}
	}
}
