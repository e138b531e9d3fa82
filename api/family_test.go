package api

import (
	"fmt"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// TestFamilies: the five things that the generation up to 3.12 does with a permission, on each of its kinds, and what the other generation
// makes of it.
func TestFamilies(t *testing.T) {
	for _, c := range []struct {
		path, answer, key, query, kind, id string
	}{
		{"2.0/mlflow/experiments", "experiment_permission", `"experiment_id":"9"`, "experiment_id=9", "experiment", "9"},
		{"2.0/mlflow/registered-models", "registered_model_permission", `"name":"a b"`, "name=a+b", "registered_model", "a b"},
		{"3.0/mlflow/scorers", "scorer_permission", `"experiment_id":"9","scorer_name":"is it / ok?"`, "experiment_id=9&scorer_name=is+it+/+ok?", "scorer", mlflow.ScorerKey("9", "is it / ok?")},
		{"3.0/mlflow/gateway/secrets", "gateway_secret_permission", `"secret_id":"s-1"`, "secret_id=s-1", "gateway_secret", "s-1"},
		{"3.0/mlflow/gateway/endpoints", "gateway_endpoint_permission", `"endpoint_id":"e-1"`, "endpoint_id=e-1", "gateway_endpoint", "e-1"},
		{"3.0/mlflow/gateway/model-definitions", "gateway_model_definition_permission", `"model_definition_id":"d-1"`, "model_definition_id=d-1", "gateway_model_definition", "d-1"},
	} {
		f := newFixture(t)
		f.own("alice", authz.Kind(c.kind), c.id)
		path := "/api/" + c.path + "/permissions/"
		with := func(permission string) string {
			return fmt.Sprintf(`{%s,"username":"bob","permission":%q}`, c.key, permission)
		}
		get := path + "get?username=bob&" + c.query
		if a := f.call("alice", "GET", get, ""); a.status != 404 {
			t.Errorf("%s before: %d %s", c.path, a.status, a.body)
		}
		created := f.must("alice", "POST", path+"create", with("READ"))
		if a := f.call("alice", "POST", path+"create", with("EDIT")); a.code() != "RESOURCE_ALREADY_EXISTS" {
			t.Errorf("%s twice: %d %s", c.path, a.status, a.body)
		}
		read := f.must("alice", "GET", get, "")
		if !strings.HasPrefix(read.body, `{"`+c.answer+`":{`) || read.body != created.body || !strings.Contains(read.body, `"user_id":3`) {
			t.Errorf("%s: created %s read %s", c.path, created.body, read.body)
		}
		for _, member := range strings.Split(c.key, ",") {
			if !strings.Contains(read.body, member) {
				t.Errorf("%s: %s lacks %s", c.path, read.body, member)
			}
		}
		f.must("alice", "PATCH", path+"update", with("NO_PERMISSIONS"))
		g, err := f.store.GrantAt(t.Context(), 3, authz.InDefault(authz.Kind(c.kind), c.id))
		if err != nil || g.Permission != authz.NoPermissions {
			t.Errorf("%s: the store has %v, %v", c.path, g, err)
		}
		for username, status := range map[string]int{"bob": 403, "carol": 403, "admin": 200} {
			if a := f.call(username, "GET", get, ""); a.status != status {
				t.Errorf("%s by %s = %d %s", c.path, username, a.status, a.body)
			}
		}
		before := f.digest()
		for _, bad := range []string{
			`{"username":"bob","permission":"READ"}`, with("read"), with("DENY"), with(""), fmt.Sprintf(`{%s,"permission":"READ"}`, c.key),
			fmt.Sprintf(`{%s,"username":"bob","permission":"READ","other":1}`, c.key),
			strings.NewReplacer(`:"9"`, `:[]`, `:"a b"`, `:[]`, `:"s-1"`, `:{}`, `:"e-1"`, `:true`, `:"d-1"`, `:[]`).Replace(with("READ")),
			strings.NewReplacer(`:"9"`, `:"*"`, `:"a b"`, `:"*"`, `:"s-1"`, `:"*"`, `:"e-1"`, `:"*"`, `:"d-1"`, `:"*"`).Replace(with("READ")),
		} {
			if a := f.call("admin", "PATCH", path+"update", bad); a.status != 400 {
				t.Errorf("%s %s = %d %s", c.path, bad, a.status, a.body)
			}
		}
		if a := f.call("admin", "DELETE", path+"delete", with("READ")); a.status != 400 || f.digest() != before {
			t.Errorf("%s: a permission in a delete = %d %s", c.path, a.status, a.body)
		}
		f.must("alice", "DELETE", path+"delete?username=bob&"+c.query, "")
		if a := f.call("alice", "DELETE", path+"delete?username=bob&"+c.query, ""); a.status != 404 {
			t.Errorf("%s: deleted twice = %d %s", c.path, a.status, a.body)
		}
		if a := f.call("admin", "GET", strings.Replace(get, "/api/", "/ajax-api/", 1), ""); a.status != 404 {
			t.Errorf("%s has a twin: %d", c.path, a.status)
		}
	}
}

// TestUserHasTheLists that clients from 2.22 to 3.12 read.
func TestUserHasTheLists(t *testing.T) {
	f := newFixture(t)
	f.own("bob", authz.Scorer, mlflow.ScorerKey("9", "is it ok?"))
	f.must("admin", "POST", grantAPI, `{"username":"bob","resource_type":"scorer","resource_id":"*","permission":"READ"}`)
	f.expect(getBob, `"scorer_permissions":[{"experiment_id":"9","permission":"MANAGE","scorer_name":"is it ok?","user_id":3}]`)
}
