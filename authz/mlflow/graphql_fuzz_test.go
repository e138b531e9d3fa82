package mlflow_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// FuzzGraphQL: whatever is sent, nothing panics, and of what is accepted every root field of the operation that MLflow would carry out is
// among those that get judged: none is left to be shown unasked.
func FuzzGraphQL(f *testing.F) {
	for _, s := range graphQLScenes {
		operation := ""
		if len(s.operation) > 2 && s.operation[0] == '"' {
			operation = s.operation[1 : len(s.operation)-1]
		}
		f.Add(s.query, s.variables, operation)
	}
	table := graphQLTable(f)
	f.Fuzz(func(t *testing.T, query, variables, operation string) {
		quoted := ""
		if operation != "" {
			quoted = `"` + operation + `"`
		}
		op, err := table.Map(graphQLRequest(graphQLBody(query, variables, quoted)))
		if err != nil {
			return
		}
		q, err := table.Query(op.Params, op.Workspace)
		if err != nil {
			t.Fatalf("accepted, but not a second time: %v", err)
		}
		judged := map[string]bool{}
		for _, field := range q.Fields {
			if judged[field.Key] || field.Open == (len(field.Needs) > 0) {
				t.Errorf("%q: open %v with %v, or twice", field.Key, field.Open, field.Needs)
			}
			judged[field.Key] = true
		}
		doc, err := parser.ParseQuery(&ast.Source{Input: query})
		if err != nil {
			return // the fuzzer made a body whose later members replace the query
		}
		for _, key := range rootKeys(doc, operation) {
			if !judged[key] {
				t.Errorf("%q is not judged", key)
			}
		}
	})
}

func rootKeys(doc *ast.QueryDocument, operation string) []string {
	var keys []string
	var visit func(ast.SelectionSet)
	visit = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				keys = append(keys, s.Alias)
			case *ast.InlineFragment:
				visit(s.SelectionSet)
			case *ast.FragmentSpread:
				visit(doc.Fragments.ForName(s.Name).SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		if op.Name == operation || operation == "" {
			visit(op.SelectionSet)
		}
	}
	return keys
}
