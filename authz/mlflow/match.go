package mlflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// index finds the row for a method and a decoded path.
type index struct {
	exact     map[routeKey]*Row
	templates []template // most literal first
	prefix    string     // MLflow's --static-prefix, "" or "/mlf"
}

type routeKey struct{ method, path string }

// template is a row whose path has variables.
type template struct {
	row      *Row
	segments []segment
	literal  int // length of the path before the first variable
}

func newIndex(rows []Row, prefix string) (index, error) {
	ix := index{exact: map[routeKey]*Row{}, prefix: prefix}
	for i := range rows {
		for _, path := range Paths(rows[i].Path) {
			if err := ix.add(&rows[i], path); err != nil {
				return ix, err
			}
		}
	}
	slices.SortStableFunc(ix.templates, func(a, b template) int { return cmp.Compare(b.literal, a.literal) })
	return ix, nil
}

// Paths returns where a row answers: every "/api/" path has a twin under "/ajax-api/".
func Paths(path string) []string {
	if rest, ok := strings.CutPrefix(path, "/api/"); ok {
		return []string{path, "/ajax-api/" + rest}
	}
	return []string{path}
}

func (ix *index) add(row *Row, path string) error {
	if !strings.Contains(path, "<") {
		key := routeKey{row.Method, path}
		if other, taken := ix.exact[key]; taken {
			return fmt.Errorf("%s %s is both %s and %s", row.Method, path, other.Operation, row.Operation)
		}
		ix.exact[key] = row
		return nil
	}
	ix.templates = append(ix.templates, template{row, parseSegments(path), strings.Index(path, "<")})
	return nil
}

// find returns the row and the values of its path variables. A HEAD is judged as the GET that MLflow would run for it.
func (ix *index) find(method, path string) (*Row, map[string]string) {
	if method == "HEAD" {
		method = "GET"
	}
	if rest, ok := strings.CutPrefix(path, ix.prefix+"/"); ok && ix.prefix != "" {
		path = "/" + rest
	}
	if row, ok := ix.exact[routeKey{method, path}]; ok {
		return row, nil
	}
	for i := range ix.templates {
		if t := &ix.templates[i]; t.row.Method == method {
			if vars, ok := t.match(path); ok {
				return t.row, vars
			}
		}
	}
	return nil, nil
}

func (t *template) match(path string) (map[string]string, bool) {
	vars := map[string]string(nil)
	for i, s := range t.segments {
		value, rest, more := s.cut(path)
		if more == (i == len(t.segments)-1) {
			return nil, false
		}
		if s.name == "" {
			if value != s.before {
				return nil, false
			}
		} else if variable, ok := s.take(value); ok {
			vars = with(vars, s.name, variable)
		} else {
			return nil, false
		}
		path = rest
	}
	return vars, true
}

func with(vars map[string]string, name, value string) map[string]string {
	if vars == nil {
		vars = make(map[string]string, 2)
	}
	vars[name] = value
	return vars
}
