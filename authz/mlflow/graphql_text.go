package mlflow

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"extauthz/authz"
)

// Bounds on the work that one query makes, even one without a credential, since requests are mapped first: the validation compares every
// two fields under one key, so its time grows with the square of their number. MLflow 3 has similar limits, but allows 1000 selections
// (mlflow/server/graphql/graphql_no_batching.py); the web UI's longest query has 1300 bytes, 60 selections and depth 6.
const (
	maxQueryBytes      = 32 << 10
	maxQueryTokens     = 4096
	maxQuerySelections = 250 // fragments unfolded, all operations together
	maxQueryDepth      = 16  // fields and fragments
	maxQueryRoots      = 10
)

// checkQueryText refuses every character that two parsers of GraphQL could take differently: escapes and block strings, whose rules grew
// with the language's editions, line ends by CR alone, a byte order mark and anything else beyond ASCII. What needs them in a string
// belongs into variables, as JSON.
func checkQueryText(text string) error {
	switch {
	case text == "":
		return authz.Refuse(authz.InvalidParameter, "Missing value for required parameter 'query': a GraphQL query.")
	case len(text) > maxQueryBytes:
		return tooBig()
	case strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), "\r"), strings.Contains(text, `"""`), strings.ContainsFunc(text, oddInQuery):
		return ambiguousBody(`its query must be ASCII without backslashes, """ and single CRs; send such strings as variables`)
	}
	return nil
}

func oddInQuery(c rune) bool {
	return c == '\\' || c >= 0x7f || c < ' ' && c != '\n' && c != '\r' && c != '\t'
}

// checkQuerySize unfolds all fragments within the bounds. A fragment that contains itself goes beyond any depth.
func checkQuerySize(doc *ast.QueryDocument) error {
	left := maxQuerySelections
	fits := true
	for _, op := range doc.Operations {
		fits = fits && unfold(op.SelectionSet, doc.Fragments, maxQueryDepth, &left)
	}
	for _, f := range doc.Fragments {
		fits = fits && unfold(f.SelectionSet, doc.Fragments, maxQueryDepth, &left)
	}
	if !fits {
		return tooBig()
	}
	return nil
}

func unfold(set ast.SelectionSet, fragments ast.FragmentDefinitionList, depth int, left *int) bool {
	*left -= len(set)
	if *left < 0 || depth == 0 {
		return false
	}
	for _, s := range set {
		if !unfold(below(s, fragments), fragments, depth-1, left) {
			return false
		}
	}
	return true
}

func below(s ast.Selection, fragments ast.FragmentDefinitionList) ast.SelectionSet {
	switch s := s.(type) {
	case *ast.Field:
		return s.SelectionSet
	case *ast.InlineFragment:
		return s.SelectionSet
	case *ast.FragmentSpread:
		if f := fragments.ForName(s.Name); f != nil {
			return f.SelectionSet
		}
	}
	return nil
}

// unknownRules are violated by what a newer MLflow may know, every other rule by what no MLflow would carry out.
var unknownRules = map[string]bool{
	"FieldsOnCorrectType": true, "KnownTypeNames": true, "KnownArgumentNames": true, "KnownDirectives": true, "ValuesOfCorrectType": true,
}

// validate applies GraphQL's own rules, which MLflow applies as well before it carries anything out: two fields under one response key
// must be the same with the same arguments, no fragment contains itself, and so on.
func (g *graphQL) validate(doc *ast.QueryDocument) error {
	var unknown *gqlerror.Error
	for _, err := range validator.ValidateWithRules(g.schema, doc, nil) {
		if !unknownRules[err.Rule] {
			return ambiguousBody("its query is no valid GraphQL: " + err.Message)
		}
		unknown = err
	}
	if unknown != nil {
		return unknownQuery("a query that is not valid here (" + unknown.Message + ")")
	}
	return nil
}

func tooBig() error {
	return authz.Refuse(authz.InvalidParameter, "The GraphQL query is too long, too deep or has too many fields (10 at its root); split it.")
}

// unknownQuery refuses what only an admin may send, as a request that no row names.
func unknownQuery(what string) error {
	return authz.Refuse(authz.UnmappedRoute, "Permission denied: "+what+" is no GraphQL that extauthz knows; only an admin may send it.")
}
