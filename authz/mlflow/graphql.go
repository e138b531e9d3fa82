package mlflow

import (
	_ "embed"
	"fmt"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"extauthz/authz"
)

// MLflow's web UI asks for runs and experiments by POST /graphql. One such request may hold several operations, of which operationName
// picks one, and each root field of that one is an operation of MLflow: {a: mlflowGetRun(input: …) {…} b: mlflowGetExperiment(…) {…}}.
// MLflow's basic-auth judges each by itself and answers null for what the caller may not read. So do we, when the answer comes back:
//
//	graphql.go           body → Query: parsed, bounded, validated against schema/graphql.graphql, one operation chosen
//	graphql_text.go      which texts and sizes are refused, so that MLflow's parser (graphql-core) and ours read the same
//	graphql_roots.go     the root fields that are known, and what each needs
//	graphql_shape.go     where in the answer model versions are, each of which belongs to a registered model of its own
//	authz/filter         judges the needs and cuts the answer
//
// @include and @skip are not evaluated. They only take fields away: a root field that is then absent has been judged for nothing, and
// model versions whose names are then absent are withheld.

//go:embed schema/graphql.graphql
var graphQLText string

// graphQL reads queries. It is immutable.
type graphQL struct {
	schema *ast.Schema
	roots  map[string]Needer
}

func newGraphQL() (*graphQL, error) {
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "schema/graphql.graphql", Input: graphQLText})
	if err != nil {
		return nil, fmt.Errorf("GraphQL schema: %w", err)
	}
	return &graphQL{schema: s, roots: graphQLRoots()}, nil
}

// Query is a GraphQL query that was understood: what to judge and what to filter in its answer. The zero value has an answer without any
// field.
type Query struct {
	Fields    []QueryField
	Workspace string // as authz.Operation.Workspace
}

// QueryField is one member of the answer's data.
type QueryField struct {
	Key   string // the alias, or else the field's name
	Open  bool   // it needs nothing; without Open and Needs nobody may see it
	Needs []authz.Need
	Shape *Shape
}

// Query reads the parameters of a GraphQL request that looks in that workspace: those of a body, or authz.Operation.Params.
func (t *Table) Query(params []byte, workspace string) (*Query, error) {
	object, err := readBody(params)
	if err != nil {
		return nil, err
	}
	q, err := t.graphQL.read(object)
	if err != nil {
		return nil, err
	}
	q.Workspace = workspace
	for _, f := range q.Fields {
		for i := range f.Needs {
			f.Needs[i].Ref.Workspace = workspace
		}
	}
	return q, nil
}

func (g *graphQL) read(params map[string]any) (*Query, error) {
	text, _ := params["query"].(string)
	given, ok := params["variables"].(map[string]any)
	if !ok && params["variables"] != nil {
		return nil, mistyped("variables", "an object", false)
	}
	doc, err := g.parse(text)
	if err != nil {
		return nil, err
	}
	op, err := choose(doc.Operations, params["operationName"])
	if err != nil {
		return nil, err
	}
	vars, err := bind(op.VariableDefinitions, given)
	if err != nil {
		return nil, err
	}
	return g.plan(op, vars)
}

func (g *graphQL) parse(text string) (*ast.QueryDocument, error) {
	if err := checkQueryText(text); err != nil {
		return nil, err
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxQueryTokens)
	if err != nil {
		return nil, ambiguousBody("its query is no GraphQL: " + err.Error())
	}
	if err := checkQuerySize(doc); err != nil {
		return nil, err
	}
	return doc, g.validate(doc)
}

// choose finds the operation that MLflow would carry out: the one that is named, or the only one.
func choose(ops ast.OperationList, name any) (*ast.OperationDefinition, error) {
	var op *ast.OperationDefinition
	if named, ok := name.(string); ok {
		op = ops.ForName(named)
	} else if len(ops) == 1 {
		op = ops[0]
	}
	if op == nil || name == "" {
		return nil, ambiguousBody("operationName must name one of the query's operations, if there are several")
	}
	if op.Operation != ast.Query {
		return nil, unknownQuery("a " + string(op.Operation))
	}
	return op, nil
}

// bind gives every variable of the operation its value: the one sent, or its default. A variable without either is nil: looked up by name,
// it would get the default of another operation that shares a fragment with this one.
func bind(defs ast.VariableDefinitionList, given map[string]any) (map[string]any, error) {
	vars := make(map[string]any, len(defs))
	for _, d := range defs {
		value, sent := given[d.Variable]
		if !sent && d.DefaultValue != nil {
			var err error
			if value, err = d.DefaultValue.Value(nil); err != nil {
				return nil, mistyped("$"+d.Variable, "a value of its type", false)
			}
		}
		vars[d.Variable] = value
	}
	return vars, nil
}
