package envoy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestOneFunctionBuildsAnswers reads every file of the module: an empty CheckResponse allows, and so does a denial without a status, so
// only answer.go may make one.
func TestOneFunctionBuildsAnswers(t *testing.T) {
	made := map[string]int{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if name := answerMade(n); name != "" {
				made[filepath.ToSlash(path)+" "+name]++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"CheckResponse", "OkHttpResponse", "DeniedHttpResponse", "CheckResponse_OkResponse", "CheckResponse_DeniedResponse"} {
		if made["../envoy/answer.go "+name] == 0 {
			t.Errorf("answer.go makes no %s: this test looks for the wrong thing", name)
		}
		delete(made, "../envoy/answer.go "+name)
	}
	for where := range made {
		if !strings.HasPrefix(where, "../internal/bench/") && !strings.HasPrefix(where, "../internal/testbed/") { // no part of the service
			t.Errorf("%s: only answer() may make one", where)
		}
	}
}

// answerMade names the type when n is a composite literal, a new(T), a conversion or a variable of an answer's type.
func answerMade(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CompositeLit:
		return answerType(n.Type)
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "new" && len(n.Args) == 1 {
			return answerType(n.Args[0])
		}
	case *ast.ValueSpec:
		return answerType(n.Type)
	}
	return ""
}

func answerType(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch s.Sel.Name {
	case "CheckResponse", "OkHttpResponse", "DeniedHttpResponse", "CheckResponse_OkResponse", "CheckResponse_DeniedResponse", "CheckResponse_ErrorResponse":
		return s.Sel.Name
	default:
		return ""
	}
}
