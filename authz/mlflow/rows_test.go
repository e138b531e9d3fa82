package mlflow

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
)

var update = flag.Bool("update", false, "rewrite testdata/routes.golden")

// TestGoldenRoutes prints the table as `extauthz routes` does: its diff is what a reviewer of a changed permission reads.
func TestGoldenRoutes(t *testing.T) {
	const golden = "testdata/routes.golden"
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
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(readFile(t, golden), b.String()); diff != "" {
		t.Errorf("the table changed; if that is meant, run `go test ./authz/mlflow -update` (-want +got):\n%s", diff)
	}
}

// TestRowsAreWhatMLflowServes compares the table both ways with the routes of the supported releases (testdata/served.tsv): a row that
// MLflow does not serve protects nothing, and a route of a family that is covered must not be forgotten.
func TestRowsAreWhatMLflowServes(t *testing.T) {
	served, table := map[routeKey]string{}, mustTable(t, "")
	for line := range strings.Lines(readFile(t, "testdata/served.tsv")) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		served[routeKey{c[0], c[1]}] = c[2]
	}
	for key, message := range served {
		row, _ := table.index.find(key.method, concrete(key.path))
		switch {
		case row == nil && leftOut[key.path]:
		case row == nil:
			t.Errorf("%s %s is served by MLflow, but no row names it", key.method, key.path)
		case leftOut[key.path]:
			t.Errorf("%s %s is in the table now: take it off the list", key.method, key.path)
		case message != row.Operation && message != operationNames[row.Operation]:
			t.Errorf("%s %s is %s in MLflow and %s in the table", key.method, key.path, message, row.Operation)
		}
	}
	for _, row := range Rows() {
		if row.Access == authz.AccessAuthAPI || row.Access == authz.AccessOwnPassword {
			continue
		}
		for _, path := range Paths(row.Path) {
			if served[routeKey{row.Method, path}] == "" && row.Operation != "Favicon" { // browsers ask for it, MLflow says 404
				t.Errorf("%s %s %s: no supported MLflow serves it", row.Operation, row.Method, path)
			}
		}
	}
}

// leftOut are routes that no row names on purpose: only an admin may call them.
var leftOut = map[string]bool{
	"/ajax-api/2.0/mlflow/runs/create-promptlab-run": true, // calls a language model with the server's keys
	// an older spelling of a path, which answers 501
	"/api/2.0mlflow/experiments/search-datasets": true, "/ajax-api/2.0mlflow/experiments/search-datasets": true,
}

// operationNames are MLflow's handlers for operations that have no request message, or share one.
var operationNames = map[string]string{
	"UI": "serve", "Health": "health", "Version": "version", "StaticFiles": "serve_static_file", "GetArtifact": "serve_artifacts",
	"GetServerInfo": "get_server_info", "GetUITelemetry": "serve_get_ui_telemetry", "PostUITelemetry": "serve_post_ui_telemetry",
	"GetModelVersionArtifact": "serve_model_version_artifact", "UploadRunArtifact": "serve_upload_artifact",
	"GetMetricHistoryBulk": "serve_get_metric_history_bulk", "SearchDatasets": "serve_search_datasets",
	"GetLoggedModelArtifact": "serve_get_logged_model_artifact", "DownloadArtifact": "download_artifact", "UploadArtifact": "upload_artifact",
	"ListProxiedArtifacts": "ListArtifacts", "GraphQL": "_graphql",
}

// concrete fills in the variables of a path.
func concrete(path string) string {
	return strings.NewReplacer("<model_id>", "m-1", "<tag_key>", "k", "<path:artifact_path>", "7/r/artifacts/f", "<path:path>", "js/main.js").Replace(path)
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

func TestTemplatesDoNotOverlap(t *testing.T) {
	all := mustTable(t, "").index.templates
	for i := range all {
		for j := range i {
			if a, b := all[i], all[j]; a.row.Method == b.row.Method && overlap(a.segments, b.segments) {
				t.Errorf("%s: %v and %v match the same path", a.row.Method, a.segments, b.segments)
			}
		}
	}
}

func overlap(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if strings.HasPrefix(a[i], "<path:") || strings.HasPrefix(b[i], "<path:") {
			return true
		}
		if a[i] != b[i] && !strings.HasPrefix(a[i], "<") && !strings.HasPrefix(b[i], "<") {
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

// TestNoRowReachesALooseType: some protobuf types are only half checked (a Timestamp's form, a bytes field's alphabet). MLflow would stop
// reading in the middle of a message that has one, so no row may have one before they are checked.
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
				if strings.HasPrefix(f.Type, "google.protobuf.") || f.Type == "bytes" || f.Type == "float" || f.Map {
					t.Errorf("%s: %s is a %s", row.Operation, name, f.Type)
				}
				if inner, ok := s.messages[f.Type]; ok && !seen[f.Type] {
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
