package config

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"extauthz/internal/golden"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

const docs = "../../docs/reference/"

func TestSchemaIsFresh(t *testing.T) {
	text, err := JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, docs+"config.schema.json", string(text))
}

// schema is what another implementation makes of ours.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("config.schema.json") // checks it against the metaschema, too
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// TestExample loads docs/reference/extauthz.yaml as the service would, but for the places of the secrets.
func TestExample(t *testing.T) {
	text, err := os.ReadFile(docs + "extauthz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Load(text, &value); err != nil {
		t.Fatal(err)
	}
	if err := schema(t).Validate(value); err != nil {
		t.Error(err)
	}
	key := strings.Repeat("k", 32)
	d := dir(t, map[string]string{"admin-password": "a long password", "secret-key": key, "access-key-secret": key, "basic_auth.ini": "[mlflow]\n"})
	must(t, os.WriteFile(d+"/extauthz.yaml", bytes.ReplaceAll(text, []byte("/etc/extauthz/"), []byte(d+"/")), 0o600))
	load(t, []string{"--config", d + "/extauthz.yaml"}, nil)
	for _, s := range settings(&values{}) {
		if !bytes.Contains(text, []byte(s.Key()+":")) {
			t.Errorf("the example has no %s", s.Key())
		}
	}
}

// TestSchemaAgrees: whatever the schema lets an editor pass has to load, and what it refuses must not.
func TestSchemaAgrees(t *testing.T) {
	s := schema(t)
	for text, valid := range map[string]bool{
		"{}":                                        true,
		"store: a":                                  true,
		"default_permission: USE":                   true,
		"max_credential_age: 1h30m":                 true,
		"token_header: [{header: X-Api-Key}]":       true,
		"creators: {experiment: admins}":            true,
		"trusted_proxies: []":                       true,
		"stroe: a":                                  false,
		"store: 1":                                  false,
		"init: 'true'":                              false,
		"cache_entries: '5'":                        false,
		"default_permission: read":                  false,
		"default_permission: DENY":                  false,
		"log_allowed_sample: 0.01":                  true,
		"log_allowed_sample: 1":                     true,
		"log_allowed_sample: .inf":                  false,
		"log_allowed_sample: '0.5'":                 false,
		"max_credential_age: 5":                     false,
		"max_credential_age: soon":                  false,
		"token_header: [{scheme: Token}]":           false,
		"token_header: [{header: X, sceme: Token}]": false,
		"token_header: {header: X-Api-Key}":         false,
		"creators: {experiments: admins}":           false,
		"trusted_proxies: 10.0.0.0/8":               false,
		"admin_password: long enough for everybody": false,
		"config: other.yaml":                        false,
		`certificates: [{from: cn, map: {a b: c}}]`: true,
		`certificates: [{from: uri, pattern: "spiffe://a/(.+)", issuer: "CN=a"}]`:              true,
		`certificates: [{from: subject, pattern: "(.+)"}]`:                                     false,
		`certificates: [{pattern: "(.+)"}]`:                                                    false,
		`certificates: [{from: uri, pattern: "(.+)", patern: x}]`:                              false,
		`identity_headers: [{name: X-User, from: [{network: 10.0.0.0/8, certificate: a}]}]`:    true,
		`identity_headers: [{name: X-User}]`:                                                   false,
		`identity_headers: [{from: [{network: 10.0.0.0/8}]}]`:                                  false,
		`identity_headers: [{name: X-User, from: 10.0.0.0/8}]`:                                 false,
		`identity_headers: [{name: X-User, from: [10.0.0.0/8]}]`:                               false,
		`identity_headers: [{name: X-User, from: [{network: 10.0.0.0/8, certificates: [a]}]}]`: false,
		"grpc_client_names: spiffe://a/envoy":                                                  false,
	} {
		var value any
		if err := yaml.Load([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		file := dir(t, map[string]string{"c.yaml": text}) + "/c.yaml"
		_, loads := sources(t, []string{"--config", file}, nil).Load()
		if says := s.Validate(value); (says == nil) != valid || (loads == nil) != valid {
			t.Errorf("%s: schema %v, load %v; want valid %t", text, says, loads, valid)
		}
	}
}

func TestReferenceIsFresh(t *testing.T) {
	v := &values{}
	var page strings.Builder
	page.WriteString(introduction)
	for _, g := range groups(v) {
		fmt.Fprintf(&page, "\n## %s\n\n| setting | default | changes with a reload | |\n|---|---|---|---|\n", g.title)
		var fields strings.Builder
		for _, s := range g.settings {
			fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", s.Key(), code(s.Default), reload(s, v), describe(s))
			describeFields(&fields, s.Key(), s.schema())
		}
		page.WriteString(fields.String())
	}
	golden.Compare(t, docs+"configuration.md", page.String())
}

const introduction = "# Configuration\n\n" +
	"Made from the settings themselves by `make generate`. [extauthz.yaml](extauthz.yaml) is an example, [config.schema.json](config.schema.json) its\n" +
	"JSON Schema, also printed by `extauthz config schema`.\n\n" +
	"Every setting has one name. `grpc_listen` in the YAML file is the flag `--grpc-listen` and the variable `EXTAUTHZ_GRPC_LISTEN`. The file is named\n" +
	"by `--config` or `EXTAUTHZ_CONFIG`. A flag beats a variable, which beats the file, which beats MLflow's `basic_auth.ini`, which beats the default.\n" +
	"Relative paths start where the process does.\n\n" +
	"- `extauthz config validate` says everything that is wrong: unknown keys, keys that are there twice, values of another type, each with its line.\n" +
	"- `extauthz config print` shows what holds, and where each value comes from.\n\n" +
	"**Secrets** are read from files, which nobody but their owner should be able to read, or from variables. They are no flags, and they do not stand\n" +
	"in the YAML file. One newline at the end of the file is not part of the secret.\n\n" +
	"**Reload.** The files are read again after SIGHUP, or when the YAML file or `basic_auth.ini` has changed; replace a file by renaming another one to\n" +
	"its name, so that nobody reads half of it. What changes with a reload holds from the next request on, all of it at once. What does not is named in\n" +
	"the log as needing a restart. When something is wrong, nothing changes, the log says what it was, and\n" +
	"`extauthz_config_last_reload_successful` is 0. Flags and variables stay what they were at the start, and still beat the file.\n"

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func reload(s Setting, v *values) string {
	switch {
	case s.firstStart:
		return "looked at once"
	case s.live(v):
		return "yes"
	default:
		return "no"
	}
}

func describe(s Setting) string {
	text := strings.ReplaceAll(s.Help, "|", `\|`)
	if enum := s.schema().Enum; enum != nil {
		text += ": " + strings.Join(enum, ", ")
	}
	var also []string
	for _, v := range s.variables() {
		if own := variablePrefix + strings.ToUpper(s.Key()); v.name != own {
			also = append(also, code(v.name))
		}
	}
	if len(also) > 0 {
		text += ". Also " + strings.Join(also, ", ")
	}
	if s.fileOnly {
		text += ". In the YAML file alone"
	}
	return text
}

// describeFields lists the fields of structures, and of what they hold.
func describeFields(page *strings.Builder, name string, s *Schema) {
	if s.Items != nil {
		describeFields(page, name+"[]", s.Items)
	}
	if len(s.Properties) == 0 {
		return
	}
	fmt.Fprintf(page, "\n| in `%s` | |\n|---|---|\n", name)
	keys := slices.Sorted(maps.Keys(s.Properties))
	for _, key := range keys {
		p := s.Properties[key]
		required := map[bool]string{true: " (required)"}[slices.Contains(s.Required, key)]
		choice := map[bool]string{true: ": " + strings.Join(p.Enum, ", ")}[len(p.Enum) > 0]
		fmt.Fprintf(page, "| `%s`%s | %s%s |\n", key, required, p.Description, choice)
	}
	for _, key := range keys {
		describeFields(page, name+"."+key, s.Properties[key])
	}
}
