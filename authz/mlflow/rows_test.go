package mlflow

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"extauthz/authz"
	"extauthz/internal/golden"
)

// TestGoldenRoutes prints the table as `extauthz routes` does: its diff is what a reviewer of a changed permission reads.
func TestGoldenRoutes(t *testing.T) {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "METHOD\tPATH\tOPERATION\tNEEDS\tRESPONSE")
	rows := Rows()
	for i := range rows {
		row := &rows[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", row.Method, row.Path, row.Operation, row.Describe(), row.Response)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/routes.golden", b.String())
}

// concrete fills in the variables of a path.
func concrete(path string) string {
	known := map[string]string{
		"<model_id>": "m-1", "<trace_id>": "tr-1", "<request_id>": "tr-1", "<tag_key>": "k", "<path:artifact_path>": "7/r/artifacts/f",
		"<path:path>": "js/main.js", "<path:name>": "com.example/srv",
	}
	return variable.ReplaceAllStringFunc(path, func(v string) string {
		if value, ok := known[v]; ok {
			return value
		}
		return "v-1"
	})
}

// TestRowsDoNotOverlap: every row is found at each of its paths, by its own method alone, and by its name.
func TestRowsDoNotOverlap(t *testing.T) {
	for _, prefix := range []string{"", "/mlf", "/a/b"} {
		table := mustTable(t, prefix)
		for _, row := range Rows() {
			for _, path := range Paths(row.Path) {
				for _, at := range []string{path, prefix + path} {
					if found, _ := table.index.find(row.Method, concrete(at)); found == nil || found.Operation != row.Operation || found.Path != row.Path {
						t.Errorf("prefix %q: %s %s is not found at %s", prefix, row.Method, row.Operation, at)
					}
				}
			}
			if named := table.Row(row.Operation, row.Method); named == nil || named.Path != row.Path {
				t.Errorf("%s %s: another row has the same name", row.Method, row.Operation)
			}
		}
	}
}

// resolved are pairs of templates that share paths, which index.find decides as MLflow does or a need refuses (testdata/cases.txt).
var resolved = [][2]string{
	{"/gateway/<endpoint_name>/mlflow/invocations", "/gateway/proxy/<endpoint_name>/<path:path>"},
	{"/skills/<name>/", "/skills/@<organization>/<name>"},
}

func TestTemplatesDoNotOverlap(t *testing.T) {
	all := mustTable(t, "").index.templates
	for i := range all {
		for j := range i {
			a, b := all[i], all[j]
			known := slices.ContainsFunc(resolved, func(pair [2]string) bool {
				return strings.Contains(a.row.Path, pair[0]) && strings.Contains(b.row.Path, pair[1])
			})
			if a.row.Method == b.row.Method && overlap(pieces(a), pieces(b)) && !known {
				t.Errorf("%s: %s and %s match the same path", a.row.Method, a.row.Path, b.row.Path)
			}
		}
	}
}

// pieces are the template's segments, each one of a path or the rest.
func pieces(t template) []segment {
	var all []segment
	for _, s := range t.segments {
		for range max(s.spans, 1) {
			all = append(all, s)
		}
	}
	return all
}

func overlap(a, b []segment) bool {
	for i := range min(len(a), len(b)) {
		if a[i].spans == 0 || b[i].spans == 0 {
			return true
		}
		if !a[i].overlaps(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// TestRowsNameFieldsOfTheirMessage: a need on a field that MLflow does not read checks nothing.
func TestRowsNameFieldsOfTheirMessage(t *testing.T) {
	s := mustSchema(t)
	for _, row := range Rows() {
		m := row.message(s)
		for _, n := range row.Needs {
			for _, field := range n.fields() {
				f, repeated, known := s.at(m, field)
				known = known || strings.Contains(row.Path, "<"+field+">") || strings.Contains(row.Path, "<path:"+field+">")
				if n, ok := n.(fieldNeed); ok && f.Type != "" && (n.field.list != repeated || n.field.tag == "" && f.Type != "string") {
					t.Errorf("%s: %s is a %s in its message, in a list: %t", row.Operation, field, f.Type, repeated)
				}
				if !known {
					t.Errorf("%s: its message has no field %s", row.Operation, field)
				}
			}
		}
		if row.Subject != nil {
			for _, field := range []string{row.Subject.ID, row.Subject.Name} {
				if field != "" && m[field].Type != "string" {
					t.Errorf("%s: its message has no string %s", row.Operation, field)
				}
			}
		}
		if row.Access == authz.AccessGranted && m == nil {
			t.Errorf("%s has no message: nothing in its request would be checked", row.Operation)
		}
		if row.Access == authz.AccessGranted && len(row.Needs) == 0 {
			t.Errorf("%s needs nothing", row.Operation)
		}
	}
}

// at finds the field at a path like "locations.mlflow_experiment.experiment_id", and whether it is or lies within a list.
func (s schema) at(m message, path string) (f field, repeated, ok bool) {
	for name := range strings.SplitSeq(path, ".") {
		if f, ok = m[name]; !ok {
			return field{}, false, false
		}
		m, repeated = s.messages[f.Type], repeated || f.Repeated
	}
	return f, repeated, true
}

// TestNoRowReachesALooseType: MLflow stops reading in the middle of a message that has a value of another type than it should, so every type
// is one whose values are checked as MLflow's parser does (TestTypesAreMLflows).
func TestNoRowReachesALooseType(t *testing.T) {
	s := mustSchema(t)
	for _, row := range Rows() {
		if row.Body == GraphQLBody {
			continue // its variables are any JSON
		}
		seen := map[string]bool{}
		var walk func(m message)
		walk = func(m message) {
			for name, f := range m {
				inner, ok := s.messages[f.Type]
				if _, checked := checks[f.Type]; !ok && !checked && s.enums[f.Type] == nil {
					t.Errorf("%s: %s is a %s", row.Operation, name, f.Type)
				}
				if ok && !seen[f.Type] {
					seen[f.Type] = true
					walk(inner)
				}
			}
		}
		walk(row.message(s))
	}
}

func TestStaticPrefixIsAPath(t *testing.T) {
	for _, bad := range []string{"mlf", "/", "/mlf/"} {
		if _, err := New(Server{StaticPrefix: bad}); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}

func TestOperationsAreNamedOnce(t *testing.T) {
	names := Operations()
	for i := 1; i < len(names); i++ {
		if names[i-1] >= names[i] {
			t.Errorf("%s comes after %s", names[i], names[i-1])
		}
	}
	if len(names) < 80 {
		t.Errorf("only %d operations", len(names))
	}
}
