package config

import (
	"iter"

	"go.yaml.in/yaml/v4"
)

func scalarNode(kind, text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text, Tag: map[string]string{"string": "!!str", "boolean": "!!bool", "integer": "!!int", "number": "!!float"}[kind]}
	if kind == "number" && decimal.MatchString(text) {
		n.Tag = "!!int"
	}
	if text == "" {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// pairs are the keys and values of a mapping, aliases followed.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], target(n.Content[i+1])) {
				return
			}
		}
	}
}

// target is what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
