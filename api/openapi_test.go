package api

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"extauthz/api/openapi"
	"extauthz/authz/mlflow"
	"extauthz/internal/golden"
)

const description = "../docs/reference/openapi.json"

// described is what the tests look at of an operation.
type described struct {
	ID      string   `json:"operationId"`
	Summary string   `json:"summary"`
	Tags    []string `json:"tags"`
}

func TestOpenAPIFresh(t *testing.T) {
	document, err := OpenAPI("")
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, description, string(document)+"\n")
}

// TestEveryEndpointIsDescribed, under the name that the route table has for it, and nothing else is.
func TestEveryEndpointIsDescribed(t *testing.T) {
	names := map[Endpoint]string{}
	for _, row := range mlflow.Rows() {
		for _, path := range mlflow.Paths(row.Path) {
			names[Endpoint{row.Method, path}] = row.Operation
		}
	}
	served := map[Endpoint]bool{}
	for _, e := range (&operations{}).endpoints() {
		for _, path := range e.paths() {
			served[Endpoint{e.method, path}] = true
		}
	}
	if len(served) < 100 {
		t.Fatalf("only %d endpoints are served", len(served))
	}
	all, ids := describedBy(t), map[string]Endpoint{}
	for e, op := range all {
		if !served[e] {
			t.Errorf("%v is described and not served", e)
		}
		if op.ID != names[e] || op.Summary == "" || len(op.Tags) != 1 {
			t.Errorf("%v has no summary or topic, or a name other than the route table's %s: %+v", e, names[e], op)
		}
		e.Path = strings.Replace(e.Path, "/ajax-api/", "/api/", 1)
		if other, taken := ids[op.ID]; taken && other != e {
			t.Errorf("%v and %v have the same id", e, other)
		}
		ids[op.ID] = e
	}
	for e := range served {
		if _, ok := all[e]; !ok {
			t.Errorf("%v is served and not described", e)
		}
	}
}

func describedBy(t *testing.T) map[Endpoint]described {
	t.Helper()
	document, err := OpenAPI("")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Paths map[string]map[string]jsontext.Value `json:"paths"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	all := map[Endpoint]described{}
	for path := range d.Paths {
		methods := d.Paths[path]
		if twin, ok := methods["$ref"]; ok {
			methods = d.Paths[strings.NewReplacer(`"#/paths/`, "", "~1", "/", `"`, "").Replace(string(twin))]
		}
		for method, text := range methods {
			var op described
			if err := json.Unmarshal(text, &op); err != nil {
				t.Fatal(err)
			}
			all[Endpoint{strings.ToUpper(method), strings.NewReplacer("{", "<", "}", ">").Replace(path)}] = op
		}
	}
	return all
}

// TestOpenAPIIsServed to everybody who is signed in, and to nobody else.
func TestOpenAPIIsServed(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.StaticPrefix = "/ml" })
	const path = "/api/1.0/extauthz/openapi.json"
	for username, status := range map[string]int{"admin": 200, "bob": 200, "": 401} {
		a := f.call(username, "GET", path, "")
		if a.status != status || status == 200 && (a.header.Get("Content-Type") != "application/json" || !strings.Contains(a.body, `"/ml"`)) {
			t.Errorf("%q: %d %v %.80s", username, a.status, a.header, a.body)
		}
	}
}

// TestDescribedPermissions: the words that the document lists are those that are taken.
func TestDescribedPermissions(t *testing.T) {
	for name, c := range map[string]struct {
		input    *openapi.Schema
		property string
		taken    dialect
	}{
		"a user's":                {openapi.Input[resourceGrant](), "permission", dialect{}},
		"a user's up to 3.12":     {openapi.Input[familyGrant](), "permission", dialect{kind: "Experiment"}},
		"a user's on a workspace": {openapi.Input[workspaceGrant](), "permission", upTo312},
		"a role's":                {openapi.Input[newRolePermission](), "permission", dialect{}},
		"a role's, changed":       {openapi.Input[changedRolePermission](), "permission", dialect{}},
		"a default":               {openapi.Input[roleDefault](), "default_permission", defaults},
	} {
		listed := map[string]bool{}
		for _, one := range c.input.Properties[c.property].Enum {
			if word, ok := one.(string); ok && word != "" {
				listed[word] = true
			}
		}
		taken := map[string]bool{}
		for _, level := range c.taken.levels() {
			taken[level.String()] = true
		}
		if diff := cmp.Diff(taken, listed); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
