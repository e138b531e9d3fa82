package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

const rolesAPI = "/api/3.0/mlflow/roles/"

// role makes a role as the admin, and returns its id.
func (f *fixture) role(name, workspace string) uint64 {
	f.Helper()
	a := f.must("admin", "POST", rolesAPI+"create", fmt.Sprintf(`{"name":%q,"workspace":%q}`, name, workspace))
	return f.id(a, "role")
}

func (f *fixture) id(a reply, object string) uint64 {
	f.Helper()
	var answer map[string]struct{ ID uint64 }
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil || answer[object].ID == 0 {
		f.Fatalf("no %s.id in %s (%v)", object, a.body, err)
	}
	return answer[object].ID
}

// holds grants to a role as the admin, and returns the id of the permission.
func (f *fixture) holds(role uint64, resourceType, pattern, permission string) uint64 {
	f.Helper()
	a := f.must("admin", "POST", rolesAPI+"permissions/add",
		fmt.Sprintf(`{"role_id":%d,"resource_type":%q,"resource_pattern":%q,"permission":%q}`, role, resourceType, pattern, permission))
	return f.id(a, "role_permission")
}

func (f *fixture) assign(username string, role uint64) {
	f.Helper()
	f.must("admin", "POST", rolesAPI+"assign", fmt.Sprintf(`{"username":%q,"role_id":%d}`, username, role))
}

// TestRoleLife follows a role: what it holds is its members', and ends with the permission, the assignment, the role.
func TestRoleLife(t *testing.T) {
	f := newFixture(t)
	const of = levelAPI + "?username=bob&resource_type=experiment&resource_id=1"
	team := f.role("team", "default")
	edit := f.holds(team, "experiment", "1", "EDIT")
	f.expect(of, `"permission":"READ"`)
	f.assign("bob", team)
	f.expect(of, `{"allowed":true,"permission":"EDIT"}`)
	f.expect("/api/3.0/mlflow/users/permissions/list?username=bob", fmt.Sprintf(`[{"permission":"EDIT","resource_pattern":"1",`+
		`"resource_type":"experiment","role_id":%d,"role_name":"team","workspace":"default"}]`, team))
	f.must("admin", "PATCH", rolesAPI+"permissions/update", fmt.Sprintf(`{"role_permission_id":%d,"permission":"USE"}`, edit))
	f.expect(of, `"permission":"USE"`)
	f.must("admin", "DELETE", rolesAPI+"permissions/remove", fmt.Sprintf(`{"role_permission_id":%d}`, edit))
	f.expect(of, `"permission":"READ"`)
	f.holds(team, "experiment", "*", "DENY")
	f.expect(of, `"permission":"DENY"`)
	f.must("admin", "DELETE", rolesAPI+"unassign", fmt.Sprintf(`{"username":"bob","role_id":%d}`, team))
	f.expect(of, `"permission":"READ"`)
	f.assign("bob", team)
	f.must("admin", "DELETE", fmt.Sprintf(rolesAPI+"delete?role_id=%d", team), "")
	f.expect(of, `"permission":"READ"`)
	f.expect("/api/3.0/mlflow/users/roles/list?username=bob", `{"roles":[]}`)
}

// TestRoleAnswers holds each answer to MLflow's JSON.
func TestRoleAnswers(t *testing.T) {
	f := newFixture(t)
	same := func(a reply, want string) {
		t.Helper()
		if strings.TrimSpace(a.body) != want {
			t.Errorf("%s\nwant %s", a.body, want)
		}
	}
	same(f.must("admin", "POST", rolesAPI+"create", `{"name":"team","workspace":"default","description":"d"}`),
		`{"role":{"description":"d","id":5,"name":"team","permissions":[],"workspace":"default"}}`)
	const one = `{"id":3,"permission":"READ","resource_pattern":"*","resource_type":"run","role_id":5}`
	same(f.must("admin", "POST", rolesAPI+"permissions/add", `{"role_id":"5","resource_type":"run","resource_pattern":"*","permission":"READ"}`),
		`{"role_permission":`+one+`}`)
	same(f.must("admin", "GET", rolesAPI+"permissions/list?role_id=5", ""), `{"role_permissions":[`+one+`]}`)
	same(f.must("admin", "POST", rolesAPI+"assign", `{"role_id":5,"username":"bob"}`), `{"assignment":{"id":1,"role_id":5,"user_id":3}}`)
	same(f.must("admin", "GET", rolesAPI+"users/list?role_id=5", ""), `{"assignments":[{"id":1,"role_id":5,"user_id":3}]}`)
	const whole = `{"description":"e","id":5,"name":"crew","permissions":[` + one + `],"workspace":"default"}`
	same(f.must("admin", "PATCH", rolesAPI+"update", `{"role_id":5,"name":"crew","description":"e"}`), `{"role":`+whole+`}`)
	same(f.must("bob", "GET", rolesAPI+"list?workspace=default&workspace=default", ""), `{"roles":[`+whole+`]}`)
	same(f.must("bob", "GET", "/api/3.0/mlflow/users/roles/list?username=bob", ""), `{"roles":[`+whole+`]}`)
	f.expect("/ajax-api/2.0/mlflow/users/list", `{"id":3,"is_admin":false,"roles":[`+whole+`],"username":"bob"}`)
	if a := f.must("alice", "GET", "/api/2.0/mlflow/users/list", ""); strings.Contains(a.body, "crew") {
		t.Errorf("alice sees bob's roles: %s", a.body)
	}
	if a := f.must("bob", "GET", "/api/2.0/mlflow/users/list", ""); !strings.Contains(a.body, "crew") {
		t.Errorf("bob does not see the own roles: %s", a.body)
	}
}

// TestHiddenRoles: the 3.17 client finds a user's own grants as roles, and changes them by their ids.
func TestHiddenRoles(t *testing.T) {
	f := newFixture(t)
	f.must("admin", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`)
	f.expect("/api/3.0/mlflow/users/roles/list?username=bob",
		`{"roles":[{"description":null,"id":3,"name":"__user_3__","permissions":[{"id":3,"permission":"READ",`+
			`"resource_pattern":"1","resource_type":"experiment","role_id":3}],"workspace":"default"}]}`)
	f.must("admin", "PATCH", rolesAPI+"permissions/update", `{"role_permission_id":3,"permission":"EDIT"}`)
	f.expect(onExp+"get?experiment_id=1&username=bob", `"permission":"EDIT"`)
	for _, target := range []string{"get?role_id=3", "permissions/list?role_id=3", "users/list?role_id=3"} {
		if a := f.call("admin", "GET", rolesAPI+target, ""); a.status != 404 {
			t.Errorf("%s: a user is no role, %d %s", target, a.status, a.body)
		}
	}
	if a := f.call("admin", "POST", rolesAPI+"assign", `{"username":"carol","role_id":3}`); a.status != 404 {
		t.Errorf("bob's own grants were assigned to carol: %d %s", a.status, a.body)
	}
}

// TestRolesOfEverybody: in MLflow, whoever ever created something may read every role of the workspace.
func TestRolesOfEverybody(t *testing.T) {
	f := newFixture(t)
	team := f.role("team", "default")
	f.own("bob", authz.Experiment, "2")
	targets := []string{fmt.Sprintf("get?role_id=%d", team), fmt.Sprintf("permissions/list?role_id=%d", team), "list?workspace=default"}
	for _, target := range targets {
		if a := f.call("bob", "GET", rolesAPI+target, ""); a.status != 403 {
			t.Errorf("%s by one who has no role = %d %s", target, a.status, a.body)
		}
	}
	f.assign("bob", f.role("another", "default"))
	for _, target := range targets {
		f.must("bob", "GET", rolesAPI+target, "")
	}
	for _, target := range []string{"list", "get?role_id=999", fmt.Sprintf("users/list?role_id=%d", team)} {
		if a := f.call("bob", "GET", rolesAPI+target, ""); a.status != 403 {
			t.Errorf("%s = %d %s", target, a.status, a.body)
		}
	}
}

// TestRoleDefault takes the place of the service's default permission, up or down.
func TestRoleDefault(t *testing.T) {
	f := newFixture(t)
	const of = levelAPI + "?username=bob&resource_type=experiment&resource_id=99"
	low, high := f.role("low", "default"), f.role("high", "default")
	set := func(role uint64, permission string) reply {
		return f.must("admin", "PATCH", "/api/1.0/extauthz/roles/update-default", fmt.Sprintf(`{"role_id":%d,"default_permission":%s}`, role, permission))
	}
	if a := set(low, `"NO_PERMISSIONS"`); !strings.Contains(a.body, `"default_permission":"NO_PERMISSIONS"`) {
		t.Errorf("the answer is %s", a.body)
	}
	set(high, `"EDIT"`)
	f.assign("bob", low)
	f.expect(of, `"permission":"NO_PERMISSIONS"`)
	f.assign("bob", high)
	f.expect(of, `"permission":"EDIT"`)
	set(high, `null`)
	f.expect(of, `"permission":"NO_PERMISSIONS"`)
	f.must("admin", "DELETE", rolesAPI+"unassign", fmt.Sprintf(`{"username":"bob","role_id":%d}`, low))
	f.expect(of, `"permission":"READ"`)
}

// TestGroupRoles: a role that an identity provider gives for this sign-in shows like an assigned one.
func TestGroupRoles(t *testing.T) {
	var group uint64
	f := newFixture(t, func(c *Config) {
		real := c.Authenticator
		c.Authenticator = authFunc(func(r authz.Request) (authz.Principal, error) {
			p, err := real.Authenticate(t.Context(), r)
			if p.Username == "bob" && group != 0 {
				p.Roles = append(slices.Clone(p.Roles), group)
			}
			return p, err
		})
	})
	id := f.role("team", "default")
	f.holds(id, "experiment", "1", "EDIT")
	const of = levelAPI + "?username=bob&resource_type=experiment&resource_id=1"
	if a := f.must("bob", "GET", of, ""); !strings.Contains(a.body, "READ") {
		t.Errorf("before: %s", a.body)
	}
	group = id
	if a := f.must("bob", "GET", of, ""); !strings.Contains(a.body, "EDIT") {
		t.Errorf("with the group: %s", a.body)
	}
	for _, target := range []string{"/api/3.0/mlflow/users/current/permissions", "/api/3.0/mlflow/users/roles/list?username=bob", rolesAPI + "list?workspace=default"} {
		if a := f.must("bob", "GET", target, ""); !strings.Contains(a.body, "EDIT") {
			t.Errorf("GET %s = %s", target, a.body)
		}
	}
}

// TestAuditNamesTheCaller: what a request changes is on record with who asked, from where, and the request's id.
func TestAuditNamesTheCaller(t *testing.T) {
	f := newFixture(t)
	f.call("alice", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`,
		header("X-Request-Id", "r-1"), header("X-Forwarded-For", "10.1.2.3"))
	for record, err := range f.store.AuditLog(t.Context(), store.AuditQuery{Limit: 1}) {
		a := record.Actor
		if err != nil || record.Action != store.GrantCreate || a.Username != "alice" || a.UserID != f.user("alice").ID ||
			a.Method != authz.ByPassword || a.RequestID != "r-1" || a.Source == "" {
			t.Errorf("%+v, %v", record, err)
		}
	}
	f.call("alice", "POST", grantAPI, `{"username":"carol","resource_type":"experiment","resource_id":"1","permission":"READ"}`,
		header("X-Request-Id", strings.Repeat("x", 5000)))
	for record, err := range f.store.AuditLog(t.Context(), store.AuditQuery{Limit: 1}) {
		if err != nil || len(record.Actor.RequestID) != longestQuote {
			t.Errorf("%d bytes of a request id are kept, %v", len(record.Actor.RequestID), err)
		}
	}
}
