package config

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// fileSchema is what the YAML file may hold.
func fileSchema(all []Setting) *Schema {
	s := &Schema{Type: "object", Properties: map[string]*Schema{}, AdditionalProperties: false}
	for _, setting := range all {
		property := setting.schema()
		property.Description = setting.Help
		s.Properties[setting.Key()] = property
	}
	return s
}

// JSONSchema describes the YAML file to editors and to other programs.
func JSONSchema() ([]byte, error) {
	all := settings(&values{})
	s := fileSchema(all)
	s.Dialect, s.Title = "https://json-schema.org/draft/2020-12/schema", "Configuration of extauthz"
	for _, setting := range all {
		if n := setting.dump(); n != nil && setting.Default != "" {
			if err := n.Load(&s.Properties[setting.Key()].Default); err != nil {
				return nil, err
			}
		}
	}
	text, err := json.Marshal(s, json.Deterministic(true), jsontext.WithIndent("  "))
	return append(text, '\n'), err
}
