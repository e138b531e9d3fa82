package config

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// origin is where something was written.
type origin struct {
	at   string // as an error begins: "extauthz.yaml:3: grpc_listen"
	from string // as a remark: "extauthz.yaml:3"
}

func fromDefault(s Setting) origin       { return origin{"--" + s.Name, "default"} }
func fromFlag(s Setting) origin          { return origin{"--" + s.Name, "flag --" + s.Name} }
func fromVariable(name string) origin    { return origin{name, "environment " + name} }
func fromLine(path string, n int) string { return fmt.Sprintf("%s:%d", path, n) }
func fromINI(path string, n int, key string) origin {
	return origin{fmt.Sprintf("%s: line %d: %s", path, n, key), fmt.Sprintf("%s, line %d", path, n)}
}

func fromYAML(path string, key *yaml.Node) origin {
	return origin{fromLine(path, key.Line) + ": " + key.Value, fromLine(path, key.Line)}
}

// given is what one source says of a setting.
type given struct {
	origin
	texts  []string   // as from a command line, or
	node   *yaml.Node // as in the YAML file
	direct bool       // the text is a secret itself
}

func (g given) apply(s Setting) error {
	v, isSecret := s.value.(*secretValue)
	switch {
	case g.node != nil:
		return s.load(g.node)
	case g.direct && isSecret:
		v.hold(g.texts[0])
		return nil
	default:
		return s.set(g.texts)
	}
}

// layer is what one source says, by the names of the settings.
type layer map[string]given
