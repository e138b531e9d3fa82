package mlflow

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
)

// leftOut are routes that no row names on purpose: only an admin may call them. Those that MLflow does not implement (501) are left out
// as well.
var leftOut = map[string]bool{
	"GET /graphql":               true, // MLflow fails on every one
	"GET /build/<path:filename>": true, // Flask's own route to the files that /static-files serves; nothing asks for them here
	"GET /metrics":               true, // Prometheus' view of the whole server (--expose-prometheus)
}

// notYet are families whose rows are still to come, as parts of their paths; a line goes when its rows are there.
var notYet = []string{}

// ownNames are operations that are called otherwise than their request messages, which two of them share.
var ownNames = map[string]string{"ListProxiedArtifacts": "mlflow.artifacts.ListArtifacts"}

// inventory is what one release of MLflow serves (testdata/inventory, printed by schema/inventory.py).
type inventory struct {
	release string
	routes  []servedRoute
	schema  schema              // the request messages
	models  map[string][]string // what FastAPI's handlers read, by handler
}

// servedRoute is a route as the inventory has it: its path may stand for two (bothPrefixes).
type servedRoute struct {
	method, path string
	name         string // the request message or, in small letters, the handler
	server       string // flask, fastapi or both; 501 for what is not implemented
}

func (r servedRoute) String() string { return r.method + " " + r.path }

func (r servedRoute) isNotYet() bool {
	return slices.ContainsFunc(notYet, func(part string) bool { return strings.Contains(r.path, part) })
}

// inventories are those of all supported releases, oldest first.
func inventories(t *testing.T) []inventory {
	t.Helper()
	files, err := filepath.Glob("testdata/inventory/*.tsv")
	if err != nil || len(files) != len(Releases()) {
		t.Fatalf("%d inventories of %d releases; run `make inventory` (%v)", len(files), len(Releases()), err)
	}
	var all []inventory
	for _, release := range Releases() {
		all = append(all, readInventory(t, release))
	}
	return all
}

func readInventory(t *testing.T, release string) inventory {
	t.Helper()
	in := inventory{release: release, models: map[string][]string{}}
	var messages strings.Builder
	for line := range strings.Lines(readFile(t, "testdata/inventory/"+release+".tsv")) {
		c := strings.Split(strings.TrimSuffix(line, "\n")+"\t", "\t")
		switch c[0] {
		case "message":
			messages.WriteString(c[1] + "\t" + c[2] + "\n")
		case "enum":
			messages.WriteString("enum " + c[1] + "\t" + c[2] + "\n")
		case "model":
			in.models[c[1]] = strings.Fields(c[2])
		default:
			in.routes = append(in.routes, servedRoute{c[0], c[1], c[2], c[3]})
		}
	}
	var err error
	if in.schema, err = parseSchema(messages.String()); err != nil {
		t.Fatal(err)
	}
	return in
}

// rowsByShape has each row once for each of its paths.
func rowsByShape(t *testing.T) map[routeKey]*Row {
	t.Helper()
	by, rows := map[routeKey]*Row{}, Rows()
	for i := range rows {
		for _, path := range Paths(rows[i].Path) {
			key := routeKey{rows[i].Method, shape(path)}
			if by[key] != nil {
				t.Errorf("%s %s has two rows", key.method, path)
			}
			by[key] = &rows[i]
		}
	}
	return by
}

// paths are both paths of a route that stands for two.
func (r servedRoute) paths() []string {
	return Paths(strings.Replace(r.path, bothPrefixes, "/api/", 1))
}

// TestEveryServedRouteHasARow: a route that a supported release serves is named by one row, or left out on purpose.
func TestEveryServedRouteHasARow(t *testing.T) {
	rows, table := rowsByShape(t), mustTable(t, "")
	for _, in := range inventories(t) {
		for _, route := range in.routes {
			for _, path := range route.paths() {
				row := rows[routeKey{route.method, shape(path)}]
				found, _ := table.index.find(route.method, concrete(path))
				switch {
				case row == nil && (leftOut[route.String()] || route.server == "501" || route.isNotYet()):
				case row == nil:
					t.Errorf("%s: %s %s is served, but no row names it", in.release, route.method, path)
				case leftOut[route.String()] || route.isNotYet():
					t.Errorf("%s: %s is in the table now: take it off the list", in.release, route)
				case found == nil || found.Operation != row.Operation || found.Path != row.Path:
					t.Errorf("%s: %s %s is %s, but taken for %v", in.release, route.method, path, row.Operation, found)
				case isMessage(route.name) && ownNames[row.Operation] != route.name && row.Operation != shortName(route.name):
					t.Errorf("%s: %s %s is %s in MLflow and %s in the table", in.release, route.method, path, route.name, row.Operation)
				}
			}
		}
	}
}

// isMessage tells a request message from a handler.
func isMessage(name string) bool { return shortName(name) != strings.ToLower(shortName(name)) }

func shortName(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// TestEveryRowIsServed: a row that MLflow does not serve protects nothing.
func TestEveryRowIsServed(t *testing.T) {
	served := map[routeKey]bool{}
	for _, in := range inventories(t) {
		for _, route := range in.routes {
			for _, path := range route.paths() {
				key := routeKey{route.method, shape(path)}
				served[key] = served[key] || route.server != "501"
			}
		}
	}
	for key, row := range rowsByShape(t) {
		own := row.Access == authz.AccessAuthAPI || row.Access == authz.AccessOwnPassword || row.Operation == "Favicon" // browsers ask for it
		if served[key] == own {
			t.Errorf("%s %s (%s): served by a supported MLflow: %t", key.method, key.path, row.Operation, served[key])
		}
	}
}
