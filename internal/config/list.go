package config

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// prefixes are networks, with commas between them.
func prefixes(field *[]netip.Prefix, name, otherwise, help string) Setting {
	v := &networks{field}
	s := Setting{Name: name, Help: help, Default: otherwise, field: field, value: v}
	if err := v.set([]string{otherwise}); err != nil {
		panic(err) // a default that is none
	}
	return s
}

type networks struct{ field *[]netip.Prefix }

func (v *networks) schema() *Schema {
	return &Schema{Type: "array", Items: &Schema{Type: "string", Description: "a network, as 10.0.0.0/8"}}
}

func (v *networks) set(texts []string) error {
	all := []netip.Prefix{} // none is not the same as not set
	for _, text := range texts {
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one == "" {
				continue
			}
			p, err := netip.ParsePrefix(one)
			if err != nil {
				return err
			}
			all = append(all, p)
		}
	}
	*v.field = all
	return nil
}

func (v *networks) load(n *yaml.Node) error {
	texts := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		if strings.Trim(item.Value, " ,") == "" {
			return errors.New("an empty text is no network")
		}
		texts = append(texts, item.Value)
	}
	return v.set(texts)
}

func (v *networks) dump() *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, p := range *v.field {
		n.Content = append(n.Content, scalarNode("string", p.String()))
	}
	return n
}

// creators are written as kind=who, and in the YAML file as a map.
func creators(field *map[authz.Kind]authz.Creators, name, help string) Setting {
	*field = map[authz.Kind]authz.Creators{}
	return Setting{Name: name, Help: help, field: field, value: &whoCreates{field}}
}

type whoCreates struct {
	field *map[authz.Kind]authz.Creators
}

func (v *whoCreates) schema() *Schema {
	s := &Schema{Type: "object", Properties: map[string]*Schema{}, AdditionalProperties: false}
	for _, kind := range authz.Creatable() {
		s.Properties[string(kind)] = &Schema{Type: "string", Description: "everyone, admins or roles:a,b"}
	}
	return s
}

func (v *whoCreates) set(texts []string) (err error) {
	*v.field, err = parseCreators(texts)
	return err
}

func (v *whoCreates) load(n *yaml.Node) error {
	all := map[authz.Kind]authz.Creators{}
	for key, value := range pairs(n) {
		kind, who, err := parseCreator(key.Value + "=" + value.Value)
		if err != nil {
			return err
		}
		all[kind] = who
	}
	*v.field = all
	return nil
}

func (v *whoCreates) dump() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, kind := range slices.Sorted(maps.Keys(*v.field)) {
		n.Content = append(n.Content, scalarNode("string", string(kind)), scalarNode("string", printCreators((*v.field)[kind])))
	}
	return n
}

// tokenHeaders are written as "X-Api-Key" or "Authorization Token", and in the YAML file as structures.
func tokenHeaders(field *[]credential.Carrier, name, help string) Setting {
	return Setting{Name: name, Help: help, field: field, value: carriers{structure[[]credential.Carrier]{field}}}
}

type carriers struct {
	structure[[]credential.Carrier]
}

func (v carriers) set(texts []string) error {
	var all []credential.Carrier
	for _, text := range texts {
		header, scheme, _ := strings.Cut(text, " ")
		all = append(all, credential.Carrier{Header: header, Scheme: scheme})
	}
	*v.field = all
	return nil
}
