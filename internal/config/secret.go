package config

import (
	"go.yaml.in/yaml/v4"

	"extauthz/internal/secret"
)

// secretFile is read from the file that the setting names, or from a variable. Its name ends with -file.
func secretFile(field *string, name, help string) Setting {
	return Setting{Name: name, Help: help, field: field, value: &secretValue{field: field}}
}

type secretValue struct {
	field *string
	path  string // "" when a variable or basic_auth.ini held it
}

func (v *secretValue) schema() *Schema { return &Schema{Type: "string"} }

func (v *secretValue) set(texts []string) (err error) {
	v.path = texts[len(texts)-1]
	*v.field, err = secret.Read(v.path)
	return err
}

func (v *secretValue) load(n *yaml.Node) error { return v.set([]string{n.Value}) }

// hold takes the secret itself.
func (v *secretValue) hold(text string) { *v.field, v.path = text, "" }

func (v *secretValue) dump() *yaml.Node {
	if v.path == "" {
		return nil
	}
	return scalarNode("string", v.path)
}

func (v *secretValue) warning() string {
	if v.path == "" {
		return ""
	}
	return secret.Warning(v.path)
}
