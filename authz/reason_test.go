package authz

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// TestReasonsAreClosed reads reason.go: every constant has a status, every status a constant, and only the first group allows.
func TestReasonsAreClosed(t *testing.T) {
	groups := reasonGroups(t)
	if len(groups) != 2 {
		t.Fatalf("%d groups of reasons: one allows, one denies", len(groups))
	}
	declared := 0
	for i, group := range groups {
		for _, r := range group {
			declared++
			status, ok := statuses[r]
			if !ok || (status == 200) != (i == 0) || !slices.Contains([]int{200, 400, 401, 403, 404, 411, 413, 415, 429, 503}, status) {
				t.Errorf("%s: status %d", r, status)
			}
			if r.ErrorCode() == "INTERNAL_ERROR" && status != 200 {
				t.Errorf("%s has no error code", r)
			}
		}
	}
	if declared != len(statuses) {
		t.Errorf("%d reasons, %d statuses", declared, len(statuses))
	}
	for _, unknown := range []Reason{"", "nonsense", "Granted", "granted "} {
		if unknown.Status() != 503 {
			t.Errorf("%q: %d", unknown, unknown.Status())
		}
	}
}

func reasonGroups(t *testing.T) (groups [][]Reason) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.CONST {
			var group []Reason
			for _, s := range g.Specs {
				text, err := strconv.Unquote(s.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				group = append(group, Reason(text))
			}
			groups = append(groups, group)
		}
	}
	return groups
}
