package state

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v4"
)

// ParseJSON reads a document.
func ParseJSON(text []byte) (Document, error) {
	var d Document
	err := json.Unmarshal(text, &d, json.RejectUnknownMembers(true))
	if s, ok := errors.AsType[*json.SemanticError](err); ok { // its text may quote a value
		return d, fmt.Errorf("%s is not as it should be: an unknown name, or a value of another type", s.JSONPointer)
	}
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return d, fmt.Errorf("it is no JSON, or has a name twice, at byte %d", s.ByteOffset)
	}
	return d, err
}

// Parse reads a document in YAML or, which is YAML, too, in JSON. Errors name the line.
func Parse(text []byte) (Document, error) {
	var d Document
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return ParseJSON(text)
	}
	err := yaml.Load(text, &d, yaml.WithKnownFields())
	if faulty, ok := errors.AsType[*yaml.LoadErrors](err); ok {
		return d, errors.New(messages(faulty))
	}
	return d, err
}

// messages leaves out the names of Go's types.
func messages(faulty *yaml.LoadErrors) string {
	var all []string
	for _, e := range faulty.Errors {
		text, _, _ := strings.Cut(e.Message, " in type ")
		text, _, _ = strings.Cut(text, " into ")
		all = append(all, fmt.Sprintf("line %d: %s", e.Mark.Line, text))
	}
	return strings.Join(all, "; ")
}

// JSON writes a document.
func (d Document) JSON() ([]byte, error) {
	text, err := json.Marshal(d, jsontext.WithIndent("  "))
	return append(text, '\n'), err
}

// YAML writes a document, with a line for each permission.
func (d Document) YAML() ([]byte, error) {
	return yaml.Dump(d, yaml.WithIndent(2), yaml.WithLineWidth(-1), yaml.WithCompactSeqIndent(false))
}

// MarshalYAML keeps a permission on one line.
func (p Permission) MarshalYAML() (any, error) {
	type plain Permission
	return inOneLine(plain(p))
}

// MarshalYAML keeps a name on one line.
func (r RoleName) MarshalYAML() (any, error) {
	type plain RoleName
	return inOneLine(plain(r))
}

func inOneLine(value any) (any, error) {
	var n yaml.Node
	if err := n.Encode(value); err != nil {
		return nil, err
	}
	n.Style = yaml.FlowStyle
	return &n, nil
}
