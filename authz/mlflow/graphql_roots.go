package mlflow

import (
	"github.com/vektah/gqlparser/v2/ast"

	"extauthz/authz"
)

// graphQLRoots are the fields that a query may start with, and what each needs by the fields of its input, in GraphQL's spelling. They are
// MLflow's (GraphQLAuthorizationMiddleware.PROTECTED_FIELDS) but for one: of several experiments to search, MLflow drops those that the
// caller may not read, and here each must be readable. A run's experiment and its files come with the run.
//
// Introspection (__schema, __type) shows nothing that is not in MLflow's sources. It is left out since no client of MLflow asks for it.
func graphQLRoots() map[string]Needer {
	run := Read(Run, "runId|runUuid")
	return map[string]Needer{
		"mlflowGetExperiment":                Read(Experiment, "experimentId"),
		"mlflowGetRun":                       run,
		"mlflowListArtifacts":                run,
		"mlflowGetMetricHistoryBulkInterval": Read(Run, "runIds[]"),
		"mlflowSearchRuns":                   Read(RunsOf, "experimentIds[]"),
		"mlflowSearchModelVersions":          whole{}, // each row is judged by its model's name
		"test":                               open{},  // echoes its argument
		"__typename":                         open{},
	}
}

// open needs nothing.
type open struct{}

func (open) fields() []string                  { return nil }
func (open) needs(input) ([]authz.Need, error) { return nil, nil }
func (open) describe() string                  { return "any user" }

// whole is an open list that is not to be paged: its pages are not refilled, so where one ends would tell how many rows of it are hidden.
type whole struct{ open }

func (whole) fields() []string { return []string{"maxResults", "pageToken"} }

func (w whole) needs(in input) ([]authz.Need, error) {
	for _, name := range w.fields() {
		if in.params[name] != nil {
			return nil, authz.Refuse(authz.UnmappedRoute, "Permission denied: only an admin may page through this list by GraphQL; leave "+name+" out.")
		}
	}
	return unlessDeniedIf{authz.Run, "filter", "run_id"}.needs(in) // as in model-versions/search
}

// isOpen reports whether the field may be asked for by everybody.
func isOpen(n Needer) bool { return n == open{} || n == whole{} }

// plan says for each root field of the operation what it needs.
func (g *graphQL) plan(op *ast.OperationDefinition, vars map[string]any) (*Query, error) {
	roots := merge(op.SelectionSet)
	if len(roots) > maxQueryRoots {
		return nil, tooBig()
	}
	q := &Query{Fields: make([]QueryField, 0, len(roots))}
	for _, root := range roots {
		f := QueryField{Key: root.key, Open: true, Shape: shapeOf(root.fields)}
		for _, field := range root.fields { // the same with the same arguments, says the validation: none is left to that
			needer, known := g.roots[field.Name]
			if !known {
				return nil, unknownQuery("the field " + field.Name)
			}
			needs, err := g.needs(needer, field, vars)
			if err != nil {
				return nil, err
			}
			f.Needs = append(f.Needs, needs...)
			f.Open = f.Open && isOpen(needer)
		}
		q.Fields = append(q.Fields, f)
	}
	return q, nil
}

// needs reads the field's argument "input" as if it were a request's JSON body.
func (g *graphQL) needs(needer Needer, field *ast.Field, vars map[string]any) ([]authz.Need, error) {
	arg := field.Arguments.ForName("input")
	if arg == nil {
		return needer.needs(input{})
	}
	value, err := arg.Value.Value(vars)
	if err != nil {
		return nil, mistyped("input", "an object of numbers and strings that can be read", false)
	}
	object, _ := value.(map[string]any)
	known := g.schema.Types[field.Definition.Arguments.ForName("input").Type.Name()].Fields
	for key := range object {
		if known.ForName(key) == nil {
			return nil, unknownQuery("the input " + key + " of " + field.Name)
		}
	}
	return needer.needs(input{params: object})
}
