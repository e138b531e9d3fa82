package config

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// listOf is a list, with commas between them.
func listOf(field *[]string, name, help string) Setting {
	return Setting{Name: name, Help: help, field: field, value: &wordList{field}}
}

type wordList struct{ field *[]string }

func (v *wordList) schema() *Schema { return &Schema{Type: "array", Items: &Schema{Type: "string"}} }

func (v *wordList) set(texts []string) error {
	*v.field = nil
	for _, text := range texts {
		for word := range strings.SplitSeq(text, ",") {
			if word = strings.TrimSpace(word); word != "" {
				*v.field = append(*v.field, word)
			}
		}
	}
	return nil
}

func (v *wordList) load(n *yaml.Node) error {
	var texts []string
	for _, item := range n.Content {
		texts = append(texts, item.Value)
	}
	return v.set(texts)
}

func (v *wordList) dump() *yaml.Node {
	if len(*v.field) == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, word := range *v.field {
		n.Content = append(n.Content, scalarNode("string", word))
	}
	return n
}
