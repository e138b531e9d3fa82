package api

import (
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/api/openapi"
	"extauthz/authz"
	"extauthz/authz/mlflow"
	"extauthz/store"
)

// take finds the family's parameters in what is extra, and leaves the rest.
func (f family) take(e *extra) ([]identifier, error) {
	members := map[string]jsontext.Value{}
	if len(e.Unknown) > 0 {
		if err := json.Unmarshal(e.Unknown, &members); err != nil {
			return nil, err
		}
	}
	var ids []identifier
	for _, parameter := range f.parameters {
		id := identifier{}
		if value, given := members[parameter]; given && json.Unmarshal(value, &id) != nil {
			return nil, badRequest("Invalid value for parameter '%s': it must be a string.", parameter)
		}
		delete(members, parameter)
		ids = append(ids, id)
	}
	e.Unknown = nil
	var err error
	if len(members) > 0 {
		e.Unknown, err = json.Marshal(members, json.Deterministic(true))
	}
	return ids, err
}

// resource is what the parameters name. "*" names nothing: the generation up to 3.12 has no patterns, and a grant on it would be one on all.
func (f family) resource(ids []identifier) (authz.Resource, error) {
	for i, parameter := range f.parameters {
		if err := named(parameter, ids[i].Text); err != nil {
			return authz.Resource{}, err
		}
	}
	first, last := f.parameters[0], len(ids)-1
	if f.kind == authz.Scorer {
		if err := checkID(authz.Experiment, first, ids[0]); err != nil {
			return authz.Resource{}, err
		}
		return authz.InDefault(f.kind, mlflow.ScorerKey(ids[0].Text, ids[last].Text)), mustBeText(f.parameters[last], ids[last])
	}
	if ids[0].Text == authz.AnyID {
		return authz.Resource{}, invalid("Invalid value '*' for parameter '%s': to grant on all of them, use users/permissions/grant.", first)
	}
	return authz.InDefault(f.kind, ids[0].Text), checkID(f.kind, first, ids[0])
}

// describe is how MLflow's messages name the resource.
func (f family) describe(ids []identifier) string {
	var all []string
	for i, parameter := range f.parameters {
		all = append(all, parameter+"="+ids[i].Text)
	}
	return strings.Join(all, ", ")
}

// familyObject is a grant as its family shows it: the resource by the family's own parameters.
type familyObject map[string]any

// JSONSchema describes what it has in every family.
func (familyObject) JSONSchema() *openapi.Schema {
	return openapi.Object(map[string]*openapi.Schema{
		"permission": openapi.Text(), "user_id": {Type: openapi.Types{"integer"}, Minimum: new(0)},
	}, "permission", "user_id")
}

// input adds the family's parameters to what every family takes.
func (f family) input(s *openapi.Schema) *openapi.Schema {
	for _, parameter := range f.parameters {
		s.Properties[parameter] = identifier{}.JSONSchema()
		s.Required = append(s.Required, parameter)
	}
	return s
}

// shown answers with the grant.
func (f family) shown() familyAnswer {
	return familyAnswer{render: f.one, success: func(openapi.Definitions) openapi.Success {
		return openapi.JSON(openapi.Object(map[string]*openapi.Schema{f.answer: f.schema()}, f.answer))
	}}
}

func (f family) schema() *openapi.Schema {
	s := familyObject{}.JSONSchema()
	for _, parameter := range f.parameters {
		s.Properties[parameter] = &openapi.Schema{Type: openapi.Types{"string", "integer"}} // as it was sent
		s.Required = append(s.Required, parameter)
	}
	return s
}

func (f family) one(ids []identifier, g store.Grant) any {
	return map[string]any{f.answer: f.object(ids, g)}
}

// object repeats the ids with the JSON type that was sent, as MLflow does.
func (f family) object(ids []identifier, g store.Grant) familyObject {
	object := familyObject{"permission": g.Permission.String(), "user_id": g.Holder}
	for i, parameter := range f.parameters {
		object[parameter] = ids[i]
	}
	return object
}

// list are those of the grants that the family can show, in one workspace: patterns are unknown to it.
func (f family) list(grants []store.Grant, workspace string) []familyObject {
	all := []familyObject{}
	for _, g := range grants {
		if ids, ok := f.ids(g.Resource); ok && g.Resource.Workspace == workspace {
			all = append(all, f.object(ids, g))
		}
	}
	return all
}

// ids is the reverse of resource.
func (f family) ids(r authz.Resource) ([]identifier, bool) {
	if r.Kind != f.kind || r.ID == authz.AnyID {
		return nil, false
	}
	if f.kind != authz.Scorer {
		return []identifier{{Text: r.ID}}, true
	}
	experiment, quoted, _ := strings.Cut(r.ID, "/")
	name, err := url.PathUnescape(quoted)
	return []identifier{{Text: experiment}, {Text: name}}, err == nil
}
