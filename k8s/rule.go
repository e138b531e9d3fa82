package k8s

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"extauthz/authz/mlflow"
	"extauthz/envoy/bootstrap"
)

// Rule takes requests by method and path. Rules of different treatments have no request in common, so their order does not matter; whatever no
// rule takes is plain.
type Rule struct {
	Treatment  string   // as bootstrap.Special
	Methods    []string // one, or GET and HEAD
	Expression string   // RE2 for the whole path, without the query; no quotes, backticks or white space
}

// longest is how long an expression may be: a path in an HTTPRoute has at most 1024 characters.
const longest = 1000

// Rules are those of one treatment, by method and common beginning of the path. staticPrefix is MLflow's --static-prefix: paths are then
// taken with and without it.
func Rules(treatment, staticPrefix string) []Rule {
	tails := map[[2]string][]string{} // by methods and beginning
	for _, s := range bootstrap.Specials() {
		if s.Treatment != treatment {
			continue
		}
		beginning, tail := split(s.Path)
		for _, methods := range grouped(s.Methods) {
			key := [2]string{methods, beginning}
			tails[key] = append(tails[key], tail)
		}
	}
	var out []Rule
	for _, key := range slices.SortedFunc(maps.Keys(tails), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		for _, expression := range joined(prefixed(staticPrefix, key[1]), tails[key]) {
			out = append(out, Rule{treatment, strings.Split(key[0], "|"), expression})
		}
	}
	return out
}

// grouped puts GET and HEAD together, and each other method by itself.
func grouped(methods []string) (out []string) {
	for _, m := range methods {
		switch m {
		case "HEAD":
		case "GET":
			out = append(out, "GET|HEAD")
		default:
			out = append(out, m)
		}
	}
	return out
}

// prefixed lets a path begin with the static prefix, or not. Contour takes only what begins with a slash.
func prefixed(staticPrefix, beginning string) string {
	if staticPrefix == "" {
		return beginning
	}
	return "/(" + regexp.QuoteMeta(strings.TrimPrefix(staticPrefix, "/")) + "/)?" + strings.TrimPrefix(beginning, "/")
}

var versioned = regexp.MustCompile(`^/(ajax-)?api/[0-9.]+/(mlflow/)?`)

// split cuts the expression of a path where many begin alike. "/api/" paths answer at "/ajax-api/" too.
func split(path string) (beginning, tail string) {
	expression, head := mlflow.Expression(path), regexp.QuoteMeta(versioned.FindString(path))
	if head == "" {
		head = "/"
	}
	beginning, tail = head, strings.TrimPrefix(expression, head)
	if rest, ok := strings.CutPrefix(beginning, "/api/"); ok {
		beginning = "/(ajax-)?api/" + rest
	}
	return beginning, tail
}

// joined makes one expression of a beginning and all tails, or several where it would become too long.
func joined(beginning string, tails []string) (out []string) {
	slices.Sort(tails)
	length := len(beginning) + len("()")
	var part []string
	flush := func() {
		out = append(out, beginning+"("+strings.Join(part, "|")+")")
		part, length = nil, len(beginning)+len("()")
	}
	for _, tail := range tails {
		if len(part) > 0 && length+len(tail)+1 > longest {
			flush()
		}
		part, length = append(part, tail), length+len(tail)+1
	}
	flush()
	return out
}
