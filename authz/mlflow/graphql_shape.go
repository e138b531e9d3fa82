package mlflow

import (
	"github.com/vektah/gqlparser/v2/ast"

	"extauthz/authz"
)

// Shape says where model versions lie in the value of one field of an answer, and the token of their list; nil for a field without any.
//
// A model version belongs to a registered model, whoever may read the run that it came from.
type Shape struct {
	// Versions: the value is a list of model versions. Name is the key of their models' names, "" when the query does not select it.
	Versions bool
	Name     string
	// Token: the value is a page token, which counts model versions that are taken out.
	Token bool
	// Mention: the value tells of something else of that kind, and is null for those who may not read it.
	Mention authz.Kind
	// Inner are the shapes of the value's members that lead to model versions, or those of its elements' members if it is a list.
	Inner map[string]*Shape
}

// graphQLMentions are the fields by which an answer mentions other things, by their types: what Withheld is for the REST API.
var graphQLMentions = map[string]map[string]authz.Kind{
	"MlflowRunInputs":       {"modelInputs": authz.LoggedModel},
	"MlflowRunOutputs":      {"modelOutputs": authz.LoggedModel},
	"MlflowMetricExtension": {"modelId": authz.LoggedModel},
	modelVersionType: {
		"runId": authz.Run, "runLink": authz.Run,
		"modelId": authz.LoggedModel, "modelParams": authz.LoggedModel, "modelMetrics": authz.LoggedModel,
	},
}

const (
	modelVersionType = "MlflowModelVersion"
	versionsPageType = "MlflowSearchModelVersionsResponse"
)

// merged are the fields that a selection asks for under one response key.
type merged struct {
	key    string
	fields []*ast.Field
}

// merge unfolds fragments and puts together what answers under the same key.
func merge(sets ...ast.SelectionSet) []merged {
	var all []merged
	at := map[string]int{}
	var visit func(ast.SelectionSet)
	visit = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				i, seen := at[s.Alias] // the parser makes the name the alias of a field without one
				if !seen {
					i = len(all)
					at[s.Alias], all = i, append(all, merged{key: s.Alias})
				}
				all[i].fields = append(all[i].fields, s)
			case *ast.InlineFragment:
				visit(s.SelectionSet)
			case *ast.FragmentSpread:
				visit(s.Definition.SelectionSet)
			}
		}
	}
	for _, set := range sets {
		visit(set)
	}
	return all
}

// shapeOf is the shape of the value that the fields have in common.
func shapeOf(fields []*ast.Field) *Shape {
	sets := make([]ast.SelectionSet, len(fields))
	versions := false
	for i, f := range fields {
		if f.Name == "nextPageToken" && f.ObjectDefinition.Name == versionsPageType {
			return &Shape{Token: true}
		}
		if kind := graphQLMentions[f.ObjectDefinition.Name][f.Name]; kind != "" {
			return &Shape{Mention: kind}
		}
		sets[i] = f.SelectionSet
		versions = versions || f.Definition.Type.Name() == modelVersionType
	}
	members := merge(sets...)
	inner := map[string]*Shape{}
	for _, m := range members {
		if s := shapeOf(m.fields); s != nil {
			inner[m.key] = s
		}
	}
	if versions {
		return &Shape{Versions: true, Name: nameKey(members), Inner: inner}
	}
	if len(inner) == 0 {
		return nil
	}
	return &Shape{Inner: inner}
}

// nameKey finds the key under which the field "name" answers, by whatever alias. An alias "name" of another field is none.
func nameKey(members []merged) string {
	for _, m := range members {
		isName := true
		for _, f := range m.fields {
			isName = isName && f.Name == "name"
		}
		if isName {
			return m.key
		}
	}
	return ""
}
