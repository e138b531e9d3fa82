package api

import (
	"strings"
	"testing"
)

// TestBothGenerationsShareGrants: what one client grants, the other sees, changes and takes back.
func TestBothGenerationsShareGrants(t *testing.T) {
	f := newFixture(t)
	const of = "?username=bob&resource_type=experiment&resource_id=1"
	f.must("alice", "POST", onExp+"create", `{"experiment_id":"1","username":"bob","permission":"NO_PERMISSIONS"}`)
	f.expect(levelAPI+of, `{"allowed":false,"permission":"NO_PERMISSIONS"}`)
	f.must("alice", "PATCH", onExp+"update", `{"experiment_id":"1","username":"bob","permission":"EDIT"}`)
	f.expect(levelAPI+of, `{"allowed":true,"permission":"EDIT"}`)
	f.expect(getBob, `"experiment_permissions":[{"experiment_id":"1","permission":"EDIT","user_id":3}]`)
	f.expect("/api/3.0/mlflow/users/permissions/list?username=bob",
		`{"is_admin":false,"permissions":[{"permission":"EDIT","resource_pattern":"1","resource_type":"experiment",`+
			`"role_id":3,"role_name":"__user_3__","workspace":"default"}]}`)
	f.must("alice", "POST", revokeAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1"}`)
	f.expect(levelAPI+of, `{"allowed":false,"permission":"READ"}`)

	f.must("alice", "POST", grantAPI, `{"username":"bob","resource_type":"registered_model","resource_id":"m1","permission":"DENY"}`)
	f.expect(onModel+"get?name=m1&username=bob", `{"registered_model_permission":{"name":"m1","permission":"DENY","user_id":3}}`)
	f.must("alice", "DELETE", onModel+"delete", `{"name":"m1","username":"bob"}`)
}

// expect asks as the admin.
func (f *fixture) expect(target, answer string) {
	f.Helper()
	if a := f.must("admin", "GET", target, ""); !strings.Contains(a.body, answer) {
		f.Errorf("GET %s = %s, want %s", target, a.body, answer)
	}
}

func TestEffectivePermission(t *testing.T) {
	f := newFixture(t)
	on := func(id string) string { return levelAPI + "?username=bob&resource_type=experiment&resource_id=" + id }
	f.expect(on("5"), `{"allowed":false,"permission":"READ"}`)
	f.must("admin", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"*","permission":"USE"}`)
	f.expect(on("5"), `{"allowed":true,"permission":"USE"}`)
	f.expect(on("*"), `{"allowed":true,"permission":"USE"}`)
	f.must("admin", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"5","permission":"DENY"}`)
	f.expect(on("5"), `{"allowed":false,"permission":"DENY"}`)
	f.expect(levelAPI+"?username=admin&resource_type=experiment&resource_id=5", `{"allowed":true,"permission":"MANAGE"}`)
	if a := f.call("admin", "GET", on("05"), ""); a.status != 400 {
		t.Errorf("an id that is none = %d %s", a.status, a.body)
	}
}

// TestManagerOfAllGrantsOnOne: MANAGE on every experiment is MANAGE on each, and still no right to grant on all.
func TestManagerOfAllGrantsOnOne(t *testing.T) {
	f := newFixture(t)
	f.must("admin", "POST", grantAPI, `{"username":"carol","resource_type":"experiment","resource_id":"*","permission":"MANAGE"}`)
	f.must("carol", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"9","permission":"READ"}`)
	a := f.call("carol", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"*","permission":"READ"}`)
	if a.status != 403 {
		t.Errorf("granting on all = %d %s", a.status, a.body)
	}
}
