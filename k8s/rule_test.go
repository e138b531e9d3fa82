package k8s

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"extauthz/authz/mlflow"
	"extauthz/envoy/bootstrap"
)

var placeholder = regexp.MustCompile(`<(path:)?[^<>]+>`)

// spellings are requests that a row takes: at both of its beginnings, with and without the static prefix.
func spellings(row mlflow.Row, prefix string) []string {
	path := placeholder.ReplaceAllString(strings.Replace(row.Path, "<path:name>", "a/b", 1), "1")
	out := []string{path}
	if rest, ok := strings.CutPrefix(path, "/api/"); ok {
		out = append(out, "/ajax-api/"+rest)
	}
	for _, p := range slices.Clone(out) {
		out = append(out, prefix+p)
	}
	return out
}

// wanted is the treatment of each special request, by method and path as rows write it.
func wanted() map[[2]string]string {
	out := map[[2]string]string{}
	for _, s := range bootstrap.Specials() {
		for _, m := range s.Methods {
			out[[2]string{m, s.Path}] = s.Treatment
		}
	}
	return out
}

// takenBy are the treatments of the rules that take a request.
func takenBy(rules []Rule, method, path string) (out []string) {
	for _, r := range rules {
		if slices.Contains(r.Methods, method) && regexp.MustCompile(`\A(?:`+r.Expression+`)\z`).MatchString(path) {
			out = append(out, r.Treatment)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func all(staticPrefix string) (rules []Rule) {
	for _, t := range treatments(staticPrefix) {
		rules = append(rules, t.Rules...)
	}
	return rules
}

// Every request that a row names is taken by rules of its treatment and by no other, so that the order in which a gateway puts them is of no
// importance; and a plain one by none.
func TestEveryRowMeetsItsRule(t *testing.T) {
	const prefix = "/team.a"
	rules, treatment := all(prefix), wanted()
	for _, row := range mlflow.Rows() {
		var want []string
		if name, special := treatment[[2]string{row.Method, row.Path}]; special {
			want = []string{name}
		}
		for _, path := range spellings(row, prefix) {
			if got := takenBy(rules, row.Method, path); !slices.Equal(got, want) {
				t.Errorf("%s %s is taken by rules of %v, its row %s wants %v", row.Method, path, got, row.Operation, want)
			}
		}
	}
}

func TestRulesTakeNothingElse(t *testing.T) {
	for _, r := range []struct{ method, path string }{
		{"PUT", "/api/2.0/mlflow/experiments/search"},
		{"GET", "/api/2.0/mlflow/experiments/search/"},
		{"GET", "/api/2x0/mlflow/experiments/search"},
		{"GET", "/x/api/2.0/mlflow/experiments/search"},
		{"GET", "/team.a/api/2.0/mlflow/experiments/search"},
		{"PUT", "/api/2.0/mlflow-artifacts/artifacts/"},
	} {
		if got := takenBy(all(""), r.method, r.path); got != nil {
			t.Errorf("%s %s is taken by rules of %v", r.method, r.path, got)
		}
	}
}

// What the kinds of manifests can hold: CRDs say it of HTTPRoutes, and quotes would end a string in others.
func TestRulesFitTheirManifests(t *testing.T) {
	for _, treated := range treatments("/" + strings.Repeat("prefix", 5)) {
		matches := 0
		for _, r := range treated.Rules {
			matches += len(r.Methods)
			if len(r.Expression) > 1024 || strings.ContainsAny(r.Expression, "'\"` \t\n;{}") {
				t.Errorf("%d characters, or one that has a meaning: %s", len(r.Expression), r.Expression)
			}
		}
		if matches > 64 {
			t.Errorf("%s has %d matches, an HTTPRoute's rule at most 64", treated.Name, matches)
		}
	}
}
