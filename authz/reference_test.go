package authz

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"extauthz/internal/golden"
)

const reasonsPage = "../docs/reference/reasons.md"

// TestReasonsReference keeps the page of reasons true: it is made of reason.go, where each reason has its line.
func TestReasonsReference(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Reasons\n\nMade from [authz/reason.go](../../authz/reason.go) by `make generate`.\n\n" +
		"Every decision has one of these. It stands in the log of decisions, in Envoy's access log, in metrics, and in what `extauthz\n" +
		"explain` prints; clients see the status, MLflow's `error_code`, and a message that says what is missing. The list is closed.\n")
	for _, group := range commentedReasons(t) {
		fmt.Fprintf(&page, "\n## %s\n\n| reason | status | `error_code` | |\n|---|---|---|---|\n", group.title)
		for _, r := range group.reasons {
			if r.meaning == "" {
				t.Errorf("reason.go does not say what %s means", r.reason)
			}
			code := ""
			if r.reason.Status() != 200 {
				code = "`" + r.reason.ErrorCode() + "`"
			}
			fmt.Fprintf(&page, "| `%s` | %d | %s | %s |\n", r.reason, r.reason.Status(), code, r.meaning)
		}
	}
	golden.Compare(t, reasonsPage, page.String())
}

type commentedReason struct {
	reason  Reason
	meaning string
}

type commentedGroup struct {
	title   string
	reasons []commentedReason
}

// commentedReasons are the groups of constants in reason.go, with the comments on their lines.
func commentedReasons(t *testing.T) (groups []commentedGroup) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		block, ok := d.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST {
			continue
		}
		title, _, _ := strings.Cut(block.Doc.Text(), ".")
		group := commentedGroup{title: strings.TrimSpace(title)}
		for _, s := range block.Specs {
			constant := s.(*ast.ValueSpec)
			name, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			group.reasons = append(group.reasons, commentedReason{Reason(name), strings.TrimSpace(constant.Comment.Text())})
		}
		groups = append(groups, group)
	}
	return groups
}
