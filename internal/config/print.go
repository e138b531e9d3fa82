package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Print writes the configuration as a YAML file that loads to the same, with a remark at each value that says where it comes from. Secrets stay
// out: those that come from a variable or from basic_auth.ini are only mentioned.
func (l Loaded) Print() ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	var unwritten []string
	for _, s := range l.settings {
		value, remark := s.dump(), l.origins[s.Name].from
		if value == nil {
			unwritten = append(unwritten, unprinted(s, remark))
			continue
		}
		root.Content = append(root.Content, remarked(s.Key(), value, remark)...)
	}
	root.FootComment = strings.Join(unwritten, "\n")
	return yaml.Dump(root)
}

// remarked puts the remark behind a value, or above one of several lines.
func remarked(name string, value *yaml.Node, remark string) []*yaml.Node {
	key := scalarNode("string", name)
	if value.Kind == yaml.ScalarNode || value.Style&yaml.FlowStyle != 0 {
		value.LineComment = "# " + remark
	} else {
		key.HeadComment = "# " + remark
	}
	return []*yaml.Node{key, value}
}

// masked is what stands for every secret, whatever its length.
const masked = "********"

func unprinted(s Setting, remark string) string {
	v, isSecret := s.value.(*secretValue)
	if isSecret && *v.field != "" {
		return fmt.Sprintf("# %s: %s (%s)", strings.TrimSuffix(s.Key(), "_file"), masked, remark)
	}
	return fmt.Sprintf("# %s: not set (%s)", s.Key(), remark)
}
