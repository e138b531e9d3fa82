package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func TestUsernames(t *testing.T) {
	f := newFixture(t)
	f.createUser("Ann.Lee+ml@example-1.org")
	before := f.revision()
	for _, username := range []string{
		"b:ob", "bob ", " bob", "bo\x00b", "bo\nb", "bób", "\u202ebob", "bob/x", strings.Repeat("a", 129), // not allowed
		"Bob", "ADMIN", "ann.lee+ml@example-1.ORG", "bob", // taken
	} {
		a := f.call("admin", "POST", createUser, fmt.Sprintf(`{"username":%q,"password":"a-good-password"}`, username))
		if a.status != 400 || f.revision() != before {
			t.Errorf("creating %q = %d %s", username, a.status, a.body)
		}
	}
	if a := f.call("admin", "POST", createUser, `{"username":"BOB","password":"a-good-password"}`); a.code() != "RESOURCE_ALREADY_EXISTS" {
		t.Errorf("another spelling of bob = %s", a.body)
	}
}

// TestTwoSpellingsAtOnce: of "eve", "Eve", "EVE" created at the same moment, one exists.
func TestTwoSpellingsAtOnce(t *testing.T) {
	f := newFixture(t)
	var created atomic.Int32
	var all sync.WaitGroup
	for _, username := range []string{"eve", "Eve", "EVE", "eVe", "eve"} {
		all.Go(func() {
			if a := f.call("admin", "POST", createUser, `{"username":"`+username+`","password":"a-good-password"}`); a.status == 200 {
				created.Add(1)
			}
		})
	}
	all.Wait()
	if created.Load() != 1 {
		t.Errorf("%d accounts were created", created.Load())
	}
}

func TestPasswordRule(t *testing.T) {
	f := newFixture(t)
	before := f.revision()
	for _, password := range []string{
		"", "short", "elevenchars", "password", "password1234", strings.Repeat("x", 1025), "nul\x00-in-a-password",
	} {
		quoted, _ := json.Marshal(password)
		create := f.call("admin", "POST", createUser, `{"username":"eve","password":`+string(quoted)+`}`)
		update := f.call("admin", "PATCH", setPassword, `{"username":"bob","password":`+string(quoted)+`}`)
		if create.status != 400 || update.status != 400 || f.revision() != before {
			t.Errorf("%q = %d, %d", password, create.status, update.status)
		}
	}
	if a := f.call("admin", "PATCH", setPassword, `{"username":"bob","password":"twelve-chars"}`); a.status != 200 {
		t.Errorf("12 characters = %s", a.body)
	}
}

// TestWhoMay names for each endpoint who may: everybody else is refused, whatever else is in the request.
func TestWhoMay(t *testing.T) {
	const grantBob = `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`
	for _, c := range []struct {
		method, target, body string
		may                  string // of admin, alice (who manages experiment 1), bob (whom it is about), carol (who has EDIT on it)
	}{
		{"POST", createUser, `{"username":"eve","password":"a-good-password"}`, "admin"},
		{"GET", getBob, "", "admin bob"},
		{"GET", "/api/2.0/mlflow/users/list", "", "admin alice bob carol"},
		{"GET", "/api/2.0/mlflow/users/current", "", "admin alice bob carol"},
		{"GET", "/api/3.0/mlflow/users/current/permissions", "", "admin alice bob carol"},
		{"PATCH", setPassword, `{"username":"bob","password":"a-good-password"}`, "admin bob"},
		{"PATCH", setAdmin, `{"username":"bob","is_admin":true}`, "admin"},
		{"DELETE", deleteUser, `{"username":"bob"}`, "admin"},
		{"POST", grantAPI, grantBob, "admin alice"},
		{"POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"*","permission":"READ"}`, "admin"},
		{"POST", grantAPI, `{"username":"bob","resource_type":"run","resource_id":"*","permission":"READ"}`, "admin"},
		{"POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"MANAGE","experiment_id":"1"}`, ""},
		{"POST", revokeAPI, `{"username":"carol","resource_type":"experiment","resource_id":"1"}`, "admin alice"},
		{"GET", levelAPI + "?username=bob&resource_type=experiment&resource_id=1", "", "admin bob"},
		{"GET", "/api/3.0/mlflow/users/permissions/list?username=bob", "", "admin bob"},
		{"GET", "/api/3.0/mlflow/users/roles/list?username=bob", "", "admin bob"},
		{"POST", onExp + "create", `{"experiment_id":"1","username":"bob","permission":"READ"}`, "admin alice"},
		{"GET", onExp + "get?experiment_id=1&username=carol", "", "admin alice"},
		{"PATCH", onExp + "update", `{"experiment_id":"1","username":"carol","permission":"READ"}`, "admin alice"},
		{"DELETE", onExp + "delete", `{"experiment_id":"1","username":"carol"}`, "admin alice"},
		{"POST", rolesAPI + "create", `{"name":"n","workspace":"default"}`, "admin"},
		{"GET", rolesAPI + "get?role_id=5", "", "admin carol"},
		{"GET", rolesAPI + "list?workspace=default", "", "admin carol"},
		{"GET", rolesAPI + "list", "", "admin"},
		{"PATCH", rolesAPI + "update", `{"role_id":5,"name":"m"}`, "admin"},
		{"DELETE", rolesAPI + "delete", `{"role_id":5}`, "admin"},
		{"POST", rolesAPI + "permissions/add", `{"role_id":5,"resource_type":"run","resource_pattern":"*","permission":"READ"}`, "admin"},
		{"PATCH", rolesAPI + "permissions/update", `{"role_permission_id":4,"permission":"MANAGE"}`, "admin"},
		{"DELETE", rolesAPI + "permissions/remove", `{"role_permission_id":4}`, "admin"},
		{"GET", rolesAPI + "permissions/list?role_id=5", "", "admin carol"},
		{"POST", rolesAPI + "assign", `{"role_id":5,"username":"bob"}`, "admin"},
		{"DELETE", rolesAPI + "unassign", `{"role_id":5,"username":"carol"}`, "admin"},
		{"GET", rolesAPI + "users/list?role_id=5", "", "admin"},
		{"POST", onModel + "create", `{"name":"m1","username":"bob","permission":"READ"}`, "admin alice"},
		{"POST", onModel + "create", `{"name":"other","username":"bob","permission":"READ"}`, "admin"},
	} {
		refusing := withEditor(t)
		for _, username := range []string{"admin", "alice", "bob", "carol"} {
			if strings.Contains(" "+c.may+" ", " "+username+" ") {
				withEditor(t).must(username, c.method, c.target, c.body)
				continue
			}
			before := refusing.revision()
			a := refusing.call(username, c.method, c.target, c.body)
			if a.status == 200 || a.status != 403 && c.may != "" || refusing.revision() != before {
				t.Errorf("%s %s %s by %s = %d %s, want 403", c.method, c.target, c.body, username, a.status, a.body)
			}
		}
	}
}

// withEditor gives carol EDIT on experiment 1, and the role 5, which holds the permission 4.
func withEditor(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	carol := store.Grant{Holder: f.user("carol").ID, Resource: authz.InDefault(authz.Experiment, "1"), Permission: authz.Edit}
	if err := f.store.CreateGrant(t.Context(), carol); err != nil {
		t.Fatal(err)
	}
	f.holds(f.role("team", "default"), "prompt", "*", "READ")
	f.assign("carol", 5)
	return f
}

func TestLastAdmin(t *testing.T) {
	f := newFixture(t)
	before := f.revision()
	for _, c := range []struct{ method, target, body string }{
		{"PATCH", setAdmin, `{"username":"admin","is_admin":false}`},
		{"DELETE", deleteUser, `{"username":"admin"}`},
	} {
		if a := f.call("admin", c.method, c.target, c.body); a.status != 400 || a.code() != "BAD_REQUEST" || f.revision() != before {
			t.Errorf("%s %s = %d %s", c.method, c.body, a.status, a.body)
		}
	}
	f.must("admin", "PATCH", setAdmin, `{"username":"alice","is_admin":true}`)
	if a := f.call("admin", "DELETE", deleteUser, `{"username":"admin"}`); a.code() != "BAD_REQUEST" {
		t.Errorf("deleting oneself with another admin there = %d %s", a.status, a.body)
	}
	f.must("alice", "PATCH", setAdmin, `{"username":"admin","is_admin":false}`)
	if a := f.call("admin", "GET", getBob, ""); a.status != 403 {
		t.Errorf("a demoted admin reads others = %d", a.status)
	}
	f.must("alice", "DELETE", deleteUser, `{"username":"admin"}`)
	if a := f.call("admin", "GET", "/api/2.0/mlflow/users/current", ""); a.status != 401 {
		t.Errorf("a deleted admin = %d", a.status)
	}
}

// TestRecreatedUserInheritsNothing: MLflow before 3.13 could not delete alice at all.
func TestRecreatedUserInheritsNothing(t *testing.T) {
	f := newFixture(t)
	f.must("alice", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"MANAGE"}`)
	f.must("admin", "DELETE", deleteUser, `{"username":"bob"}`)
	f.createUser("bob")
	a := f.must("bob", "GET", levelAPI+"?username=bob&resource_type=experiment&resource_id=1", "")
	if a.body != `{"allowed":false,"permission":"READ"}`+"\n" {
		t.Errorf("the new bob has %s", a.body)
	}
}

func (f *fixture) must(username, method, target, body string) reply {
	f.Helper()
	a := f.call(username, method, target, body)
	if a.status != http.StatusOK {
		f.Fatalf("%s %s %s by %s = %d %s", method, target, body, username, a.status, a.body)
	}
	return a
}

// TestBasicAuthIsWhatBrowsersRemember: MLflow's web UI offers to log out, and to change the password, to who came in by one.
func TestBasicAuthIsWhatBrowsersRemember(t *testing.T) {
	for method, want := range map[authz.Method]string{
		authz.ByPassword: "true", authz.ByToken: "true", authz.ByJWT: "false", authz.ByCertificate: "false", authz.ByIdentityHeader: "false",
	} {
		f := newFixture(t)
		alice := authz.Principal{UserID: f.user("alice").ID, Username: "alice", Method: method}
		h, err := New(Config{
			Store: f.store, Decider: &authz.Authorizer{Grants: f.store}, Passwords: passwords{},
			Authenticator: authFunc(func(authz.Request) (authz.Principal, error) { return alice, nil }),
		})
		if err != nil {
			t.Fatal(err)
		}
		f.handler = h
		if a := f.call("", "GET", currentUser, ""); !strings.Contains(a.body, `"is_basic_auth":`+want) {
			t.Errorf("%s: %d %s", method, a.status, a.body)
		}
	}
}
