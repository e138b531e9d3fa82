package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

const (
	setPermission   = "/api/1.0/extauthz/permissions/set"
	unsetPermission = "/api/1.0/extauthz/permissions/unset"
	whoCan          = "/api/1.0/extauthz/access/who-can"
	whatCan         = "/api/1.0/extauthz/access/what-can"
)

// granted makes a role with a grant and gives it to the users.
func (f *fixture) granted(name string, on authz.Resource, p authz.Permission, users ...string) uint64 {
	f.Helper()
	r, err := f.store.CreateRole(f.Context(), store.Role{Workspace: on.Workspace, Name: name})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := f.store.SetGrant(f.Context(), store.Grant{Holder: r.ID, Resource: on, Permission: p}); err != nil {
		f.Fatal(err)
	}
	for _, u := range users {
		if _, err := f.store.Assign(f.Context(), f.user(u).ID, r.ID); err != nil {
			f.Fatal(err)
		}
	}
	return r.ID
}

// answers are the rows of an answer as "user permission: reason".
func (f *fixture) answers(username, target string) []string {
	f.Helper()
	a := f.call(username, "GET", target, "")
	var said struct{ Users, Permissions []accessObject }
	if err := json.Unmarshal([]byte(a.body), &said); err != nil || a.status != http.StatusOK {
		f.Fatalf("%s: %d %s", target, a.status, a.body)
	}
	var rows []string
	for _, u := range said.Users {
		rows = append(rows, fmt.Sprintf("%s %s: %s", u.Username, u.Permission, u.Reason.Text))
	}
	for _, p := range said.Permissions {
		rows = append(rows, fmt.Sprintf("%s/%s %s: %s", p.ResourceType, p.ResourceID, p.Permission, p.Reason.Text))
	}
	return rows
}

func (f *fixture) expectRows(got []string, want ...string) {
	f.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		f.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func asking(action, kind, id string) string {
	return whoCan + "?" + url.Values{"action": {action}, "resource_type": {kind}, "resource_id": {id}}.Encode()
}

// TestWhoCan names everybody who may, each with what decides.
func TestWhoCan(t *testing.T) {
	f := newFixture(t)
	f.createUser("dave")
	f.createUser("erin")
	f.createUser("frank")
	f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "bob")
	f.granted("all", authz.InDefault(authz.Experiment, "*"), authz.Use, "bob", "carol")
	f.granted("managers", authz.WorkspaceNamed("default"), authz.Manage, "dave")
	f.granted("kept-out", authz.InDefault(authz.Experiment, "1"), authz.Deny, "erin")
	if _, err := f.store.UpdateUser(t.Context(), "frank", func(u *store.User) error { u.Disabled = true; return nil }); err != nil {
		t.Fatal(err)
	}
	f.expectRows(f.answers("admin", asking("read", "experiment", "1")),
		"admin MANAGE: admin",
		"alice MANAGE: own, on experiment 1",
		"bob EDIT: role analysts, on experiment 1",
		"carol USE: role all, on every experiment",
		"dave MANAGE: role managers, on workspace default",
	)
	f.expectRows(f.answers("alice", asking("update", "experiment", "1")),
		"admin MANAGE: admin",
		"alice MANAGE: own, on experiment 1",
		"bob EDIT: role analysts, on experiment 1",
		"dave MANAGE: role managers, on workspace default",
	)
	f.expectRows(f.answers("admin", asking("read", "registered_model", "other")),
		"admin MANAGE: admin",
		"alice READ: default",
		"bob READ: default",
		"carol READ: default",
		"dave MANAGE: role managers, on workspace default",
		"erin READ: default",
	)
}

// TestScorerIsJudgedByItsExperiment as a request would be, unless it has grants of its own.
func TestScorerIsJudgedByItsExperiment(t *testing.T) {
	f := newFixture(t)
	f.expectRows(f.answers("admin", asking("update", "scorer", "1/accuracy")), "admin MANAGE: admin", "alice MANAGE: own, on experiment 1")
	f.granted("scorers", authz.InDefault(authz.Scorer, "1/accuracy"), authz.Edit, "bob")
	f.expectRows(f.answers("admin", asking("update", "scorer", "1/accuracy")),
		"admin MANAGE: admin", "alice MANAGE: own, on experiment 1", "bob EDIT: role scorers, on scorer 1/accuracy")
}

func TestWhatCan(t *testing.T) {
	f := newFixture(t)
	f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "alice")
	f.granted("all", authz.InDefault(authz.Experiment, "*"), authz.Use, "alice", "bob")
	want := []string{
		"experiment/* USE: role all, on every experiment",
		"experiment/1 MANAGE: own, on experiment 1",
		"registered_model/m1 MANAGE: own, on registered_model m1",
	}
	f.expectRows(f.answers("alice", whatCan+"?username=alice"), want...)
	f.expectRows(f.answers("admin", whatCan+"?username=alice"), want...)
	if a := f.call("alice", "GET", whatCan+"?username=alice", ""); !strings.Contains(a.body, `"default_permission":"READ"`) {
		t.Errorf("the default: %s", a.body)
	}
	f.granted("lenient", authz.InDefault(authz.Prompt, "p"), authz.Read, "bob")
	if _, err := f.store.UpdateRole(t.Context(), f.roleNamed("lenient"), func(r *store.Role) error { r.Default = authz.Edit; return nil }); err != nil {
		t.Fatal(err)
	}
	if a := f.call("bob", "GET", whatCan+"?username=bob", ""); !strings.Contains(a.body, `"default_permission":"EDIT"`) {
		t.Errorf("a role's default: %s", a.body)
	}
}

func (f *fixture) roleNamed(name string) uint64 {
	f.Helper()
	r, err := f.store.RoleByName(f.Context(), "default", name)
	if err != nil {
		f.Fatal(err)
	}
	return r.ID
}

// TestStrangersDoNotLearnWhoCan: neither who may do what, nor what somebody else may.
func TestStrangersDoNotLearnWhoCan(t *testing.T) {
	f := newFixture(t)
	restricted := f.issue("admin", `{"name":"reading","read_only":true}`)
	for _, target := range []string{
		asking("read", "experiment", "1"), asking("read", "experiment", "*"), asking("read", "workspace", "*"), whatCan + "?username=alice", whatCan + "?username=nobody",
	} {
		if a := f.call("bob", "GET", target, ""); a.status != http.StatusForbidden {
			t.Errorf("bob, %s: %d %s", target, a.status, a.body)
		}
		if a := f.call("", "GET", target, "", bearing(restricted)); a.status != http.StatusForbidden {
			t.Errorf("an admin's restricted token, %s: %d %s", target, a.status, a.body)
		}
		if a := f.call("admin", "GET", target, ""); a.status != http.StatusOK && !strings.Contains(target, "nobody") {
			t.Errorf("the admin, %s: %d %s", target, a.status, a.body)
		}
	}
	for _, bad := range []string{asking("own", "experiment", "1"), asking("", "experiment", "1"), asking("read", "planet", "1"), asking("read", "experiment", "01")} {
		if a := f.call("admin", "GET", bad, ""); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
}

// TestSetPermission grants, changes and repeats in one call.
func TestSetPermission(t *testing.T) {
	f := newFixture(t)
	role := f.granted("analysts", authz.InDefault(authz.Experiment, "9"), authz.Read)
	set := func(by, body, want string) {
		t.Helper()
		if a := f.call(by, "POST", setPermission, body); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	set("alice", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`, `"before":null`)
	before := f.revision()
	set("alice", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`, `"before":"READ"`)
	if f.revision() != before {
		t.Error("the same permission twice was a write")
	}
	for _, p := range []string{"USE", "EDIT", "MANAGE", "NO_PERMISSIONS", "DENY"} {
		set("admin", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"`+p+`"}`, `"permission":"`+p+`"`)
	}
	set("admin", fmt.Sprintf(`{"role_id":%d,"resource_type":"workspace","resource_id":"*","permission":"MANAGE"}`, role), `"resource_type":"workspace"`)
	if a := f.call("alice", "POST", unsetPermission, `{"username":"bob","resource_type":"experiment","resource_id":"1"}`); a.status != 200 || !strings.Contains(a.body, `"before":"DENY"`) {
		t.Errorf("taking it back: %d %s", a.status, a.body)
	}
	if a := f.call("alice", "POST", unsetPermission, `{"username":"bob","resource_type":"experiment","resource_id":"1"}`); a.status != 404 {
		t.Errorf("taking it back twice: %d %s", a.status, a.body)
	}
}

// TestEditorGrantsNothing: neither to themselves, nor through a role, nor by bad input.
func TestEditorGrantsNothing(t *testing.T) {
	f := newFixture(t)
	role := f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "bob")
	before := f.digest()
	for _, c := range []struct {
		by, body string
		status   int
	}{
		{"bob", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"MANAGE"}`, 403},
		{"bob", `{"username":"bob","resource_type":"experiment","resource_id":"*","permission":"READ"}`, 403},
		{"bob", `{"username":"bob","resource_type":"workspace","resource_id":"*","permission":"MANAGE"}`, 403},
		{"bob", fmt.Sprintf(`{"role_id":%d,"resource_type":"experiment","resource_id":"1","permission":"MANAGE"}`, role), 403},
		{"bob", `{"role_id":999,"resource_type":"experiment","resource_id":"1","permission":"MANAGE"}`, 403},
		{"admin", `{"role_id":999,"resource_type":"experiment","resource_id":"1","permission":"MANAGE"}`, 404},
		{"admin", `{"username":"nobody","resource_type":"experiment","resource_id":"1","permission":"MANAGE"}`, 404},
		{"admin", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"manage"}`, 400},
		{"admin", `{"username":"bob","resource_type":"experiment","resource_id":"1"}`, 400},
		{"admin", `{"username":"bob","resource_type":"workspace","resource_id":"*","permission":"EDIT"}`, 400},
		{"admin", `{"username":"bob","resource_type":"run","resource_id":"1","permission":"EDIT"}`, 400},
		{"admin", `{"resource_type":"experiment","resource_id":"1","permission":"EDIT"}`, 400},
		{"admin", fmt.Sprintf(`{"username":"bob","role_id":%d,"resource_type":"experiment","resource_id":"1","permission":"EDIT"}`, role), 400},
		{"admin", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"EDIT","more":1}`, 400},
	} {
		if a := f.call(c.by, "POST", setPermission, c.body); a.status != c.status {
			t.Errorf("%s, %s: %d %s", c.by, c.body, a.status, a.body)
		}
	}
	if f.digest() != before {
		t.Error("something changed")
	}
}

func TestWhoAmI(t *testing.T) {
	f := newFixture(t)
	f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "alice")
	const target = "/api/1.0/extauthz/users/current"
	a := f.call("alice", "GET", target, "")
	for _, part := range []string{`"username":"alice"`, `"is_admin":false`, `"credential":null`, `"name":"analysts"`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("%s is not in %s", part, a.body)
		}
	}
	token := f.issue("alice", `{"name":"laptop","read_only":true,"expires_in":60}`)
	a = f.call("", "GET", target, "", bearing(token))
	for _, part := range []string{`"method":"token"`, `"name":"laptop"`, `"read_only":true`, `"expires_at":"`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("%s is not in %s", part, a.body)
		}
	}
	if strings.Contains(a.body, token) {
		t.Error("the token is repeated")
	}
}
