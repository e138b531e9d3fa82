package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

// inWorkspace sends the request into a workspace.
func inWorkspace(name string) func(*http.Request) { return header("X-Mlflow-Workspace", name) }

// withWorkspaces has alice manage the workspace red by an own grant, bob manage blue by a role, and carol use red.
func withWorkspaces(t *testing.T) (f *fixture, blue uint64) {
	t.Helper()
	f = newFixture(t, func(c *Config) {
		c.Workspaces = true
		c.Decider.(*authz.Authorizer).Workspaces.On = true
	})
	for _, member := range []struct {
		username   string
		permission authz.Permission
	}{{"alice", authz.Manage}, {"carol", authz.Use}} {
		g := store.Grant{Holder: f.user(member.username).ID, Resource: authz.WorkspaceNamed("red"), Permission: member.permission}
		if err := f.store.CreateGrant(t.Context(), g); err != nil {
			t.Fatal(err)
		}
	}
	blue = f.role("admin", "blue")
	f.holds(blue, "workspace", "*", "MANAGE")
	f.assign("bob", blue)
	return f, blue
}

// TestWorkspaceAdmins: who manages a workspace administers roles and grants in it, and nowhere else.
func TestWorkspaceAdmins(t *testing.T) {
	world := func() (f *fixture, red, blue, grant uint64) {
		f, blue = withWorkspaces(t)
		red = f.role("crew", "red")
		grant = f.holds(red, "experiment", "*", "READ")
		f.createUser("dora")
		return f, red, blue, grant
	}
	refusing, red, blue, grant := world()
	const anybody = `{"username":"dora","resource_type":"experiment","resource_id":%q,"permission":"EDIT"}`
	for _, c := range []struct {
		method, target, body string
		workspace            string
		may                  string // of alice (red), bob (blue), carol (a user of red)
	}{
		{"POST", rolesAPI + "create", `{"name":"n","workspace":"red"}`, "", "alice"},
		{"POST", rolesAPI + "create", `{"name":"n","workspace":"blue"}`, "red", "bob"},
		{"POST", rolesAPI + "create", `{"name":"n","workspace":"default"}`, "red", ""},
		{"GET", fmt.Sprintf(rolesAPI+"get?role_id=%d", red), "", "", "alice"},
		{"GET", fmt.Sprintf(rolesAPI+"users/list?role_id=%d", blue), "", "", "bob"},
		{"GET", rolesAPI + "list?workspace=red", "", "", "alice"},
		{"GET", rolesAPI + "list?workspace=red&workspace=blue", "", "", ""},
		{"GET", rolesAPI + "list", "", "", ""},
		{"PATCH", rolesAPI + "update", fmt.Sprintf(`{"role_id":%d,"name":"m"}`, red), "", "alice"},
		{"POST", rolesAPI + "permissions/add", fmt.Sprintf(`{"role_id":%d,"resource_type":"workspace","resource_pattern":"*","permission":"USE"}`, red), "blue", "alice"},
		{"PATCH", rolesAPI + "permissions/update", fmt.Sprintf(`{"role_permission_id":%d,"permission":"EDIT"}`, grant), "", "alice"},
		{"DELETE", rolesAPI + "permissions/remove", fmt.Sprintf(`{"role_permission_id":%d}`, grant), "", "alice"},
		{"POST", rolesAPI + "assign", fmt.Sprintf(`{"role_id":%d,"username":"dora"}`, red), "", "alice"},
		{"DELETE", rolesAPI + "unassign", fmt.Sprintf(`{"role_id":%d,"username":"bob"}`, blue), "", "bob"},
		{"DELETE", fmt.Sprintf(rolesAPI+"delete?role_id=%d", red), "", "", "alice"},
		{"POST", grantAPI, fmt.Sprintf(anybody, "*"), "red", "alice"},
		{"POST", grantAPI, fmt.Sprintf(anybody, "7"), "blue", "bob"},
		{"POST", grantAPI, fmt.Sprintf(anybody, "7"), "", ""},
		{"POST", onExp + "create", `{"experiment_id":"7","username":"dora","permission":"READ"}`, "red", "alice"},
		{"GET", levelAPI + "?username=carol&resource_type=experiment&resource_id=1", "", "red", "alice carol"},
		{"GET", levelAPI + "?username=carol&resource_type=experiment&resource_id=1", "", "blue", "bob carol"},
		{"GET", levelAPI + "?username=nobody&resource_type=experiment&resource_id=1", "", "blue", ""},
		{"GET", "/api/2.0/mlflow/users/list", "", "red", "alice carol"},
		{"GET", "/api/2.0/mlflow/users/list", "", "", ""},
		{"GET", "/api/3.0/mlflow/users/permissions/list?username=carol", "", "", "alice carol"},
		{"GET", "/api/3.0/mlflow/users/permissions/list?username=nobody", "", "", ""},
		{"GET", "/api/3.0/mlflow/users/roles/list?username=bob", "", "", "bob"},
		{"POST", createUser, `{"username":"eve","password":"a-good-password"}`, "", "alice bob"},
		{"PATCH", setAdmin, `{"username":"alice","is_admin":true}`, "", ""},
		{"DELETE", deleteUser, `{"username":"dora"}`, "", ""},
		{"GET", wide, "", "", "alice"},
		{"POST", wide, `{"username":"dora","permission":"USE"}`, "", "alice"},
		{"DELETE", wide + "?username=carol", "", "", "alice"},
		{"GET", "/api/3.0/mlflow/workspace-permissions?username=carol", "", "", ""},
		{"PATCH", "/api/1.0/extauthz/roles/update-default", fmt.Sprintf(`{"role_id":%d,"default_permission":"MANAGE"}`, red), "", ""},
	} {
		for _, username := range []string{"alice", "bob", "carol"} {
			var into []func(*http.Request)
			if c.workspace != "" {
				into = append(into, inWorkspace(c.workspace))
			}
			if strings.Contains(" "+c.may+" ", " "+username+" ") {
				fresh, _, _, _ := world()
				if a := fresh.call(username, c.method, c.target, c.body, into...); a.status >= 300 {
					t.Errorf("%s %s %s in %q by %s = %d %s", c.method, c.target, c.body, c.workspace, username, a.status, a.body)
				}
				continue
			}
			before := refusing.digest()
			if a := refusing.call(username, c.method, c.target, c.body, into...); a.status != 403 || refusing.digest() != before {
				t.Errorf("%s %s %s in %q by %s = %d %s, want 403", c.method, c.target, c.body, c.workspace, username, a.status, a.body)
			}
		}
	}
}

const wide = "/api/3.0/mlflow/workspaces/red/permissions"

// TestRowsOfTheWorkspace: who manages red sees what others have in red, and nothing else of theirs.
func TestRowsOfTheWorkspace(t *testing.T) {
	f, _ := withWorkspaces(t)
	f.must("admin", "POST", grantAPI, `{"username":"bob","resource_type":"prompt","resource_id":"secret","permission":"EDIT"}`)
	f.call("admin", "POST", grantAPI, `{"username":"bob","resource_type":"prompt","resource_id":"shared","permission":"EDIT"}`, inWorkspace("red"))
	for _, target := range []string{"permissions/list", "roles/list"} {
		a := f.must("alice", "GET", "/api/3.0/mlflow/users/"+target+"?username=bob", "")
		if !strings.Contains(a.body, "shared") || strings.Contains(a.body, "secret") || strings.Contains(a.body, "blue") {
			t.Errorf("%s of bob, for alice: %s", target, a.body)
		}
	}
	f.expect("/api/3.0/mlflow/users/permissions/list?username=bob", "secret")
	a := f.call("alice", "GET", "/api/2.0/mlflow/users/list", "", inWorkspace("red"))
	if a.status != 200 || strings.Contains(a.body, "blue") {
		t.Errorf("users/list for alice: %s", a.body)
	}
}

// TestGrantsStayInTheirWorkspace: one name in two workspaces is two resources.
func TestGrantsStayInTheirWorkspace(t *testing.T) {
	f, _ := withWorkspaces(t)
	const grant = `{"username":"carol","resource_type":"registered_model","resource_id":"m","permission":"EDIT"}`
	if a := f.call("admin", "POST", grantAPI, grant, inWorkspace("blue")); a.status != 200 {
		t.Fatal(a.body)
	}
	level := func(workspace string) string {
		return f.call("carol", "GET", levelAPI+"?username=carol&resource_type=registered_model&resource_id=m", "", inWorkspace(workspace)).body
	}
	if blue, red := level("blue"), level("red"); !strings.Contains(blue, "EDIT") || !strings.Contains(red, "NO_PERMISSIONS") {
		t.Errorf("blue %s red %s", blue, red)
	}
	if a := f.call("admin", "GET", onModel+"get?name=m&username=carol", "", inWorkspace("red")); a.status != 404 {
		t.Errorf("in red: %d %s", a.status, a.body)
	}
	if a := f.call("admin", "GET", "/api/2.0/mlflow/users/get?username=carol", "", inWorkspace("blue")); !strings.Contains(a.body, `"name":"m"`) {
		t.Errorf("carol in blue: %s", a.body)
	}
}

// TestWorkspaceHeader is read one way only, as for MLflow's own requests.
func TestWorkspaceHeader(t *testing.T) {
	f, _ := withWorkspaces(t)
	for _, values := range [][]string{{"RED"}, {""}, {" red"}, {"red", "red"}, {"red,blue"}, {"../red"}, {"workspaces"}} {
		if a := f.call("alice", "GET", "/api/2.0/mlflow/users/current", "", header("X-Mlflow-Workspace", values...)); a.status != 400 {
			t.Errorf("%q = %d %s", values, a.status, a.body)
		}
		if a := f.call("", "GET", "/api/2.0/mlflow/users/current", "", header("X-Mlflow-Workspace", values...)); a.status != 401 {
			t.Errorf("%q by nobody = %d %s", values, a.status, a.body)
		}
	}
	off := newFixture(t)
	for value, status := range map[string]int{"default": 200, "red": 400} {
		if a := off.call("alice", "GET", "/api/2.0/mlflow/users/current", "", inWorkspace(value)); a.status != status {
			t.Errorf("%q without workspaces = %d %s", value, a.status, a.body)
		}
	}
}

func TestWorkspacePermissions(t *testing.T) {
	f, _ := withWorkspaces(t)
	const carol = `{"can_use":true,"permission":"USE","user_id":4,"workspace":"red"}`
	f.expect(wide, `{"permissions":[{"can_use":true,"permission":"MANAGE","user_id":2,"workspace":"red"},`+carol+`]}`)
	f.expect("/api/3.0/mlflow/workspace-permissions?username=carol", `{"permissions":[`+carol+`]}`)
	a := f.must("alice", "POST", wide, `{"username":"carol","permission":"NO_PERMISSIONS"}`)
	if want := `{"permission":{"can_use":false,"permission":"NO_PERMISSIONS","user_id":4,"workspace":"red"}}`; strings.TrimSpace(a.body) != want {
		t.Errorf("%s, want %s", a.body, want)
	}
	if a := f.call("alice", "DELETE", wide, `{"username":"carol"}`); a.status != 204 || a.body != "" {
		t.Errorf("delete = %d %q", a.status, a.body)
	}
	before := f.digest()
	for body, status := range map[string]int{
		`{"username":"carol"}`: 404, `{}`: 400, `{"username":"nobody"}`: 404, `{"username":"carol","workspace_name":"blue"}`: 400,
		`{"username":"carol","permission":"USE"}`: 400, `[]`: 400, ``: 400,
	} {
		if a := f.call("alice", "DELETE", wide, body); a.status != status {
			t.Errorf("delete %s = %d %s", body, a.status, a.body)
		}
	}
	for body, status := range map[string]int{
		`{"username":"carol","permission":"READ"}`: 400, `{"username":"carol","permission":"use"}`: 400, `{"username":"carol"}`: 400,
		`{"username":"nobody","permission":"USE"}`: 404, `{"username":"carol","permission":"USE","workspace_name":"blue"}`: 400,
	} {
		if a := f.call("admin", "POST", wide, body); a.status != status {
			t.Errorf("set %s = %d %s", body, a.status, a.body)
		}
	}
	for _, workspace := range []string{"RED", "r%20d", "%2e%2e", "api", "%ff", "r%2Fd", "red%22%2C%22x%22%3A1"} {
		if a := f.call("admin", "GET", strings.Replace(wide, "red", workspace, 1), ""); a.status != 400 && a.status != 404 {
			t.Errorf("%s = %d %s", workspace, a.status, a.body)
		}
	}
	if f.digest() != before {
		t.Error("a refused request changed something")
	}
	if a := f.call("admin", "PUT", wide, ""); a.status != 405 || a.header.Get("Allow") != "GET, POST, DELETE" {
		t.Errorf("PUT = %d %v", a.status, a.header)
	}
}

func TestWorkspacesAreOff(t *testing.T) {
	f := newFixture(t)
	for who, status := range map[string]int{"admin": 503, "bob": 403} {
		for _, target := range []string{wide, "/api/3.0/mlflow/workspace-permissions?username=bob"} {
			if a := f.call(who, "GET", target, ""); a.status != status {
				t.Errorf("GET %s by %s = %d %s", target, who, a.status, a.body)
			}
		}
	}
}

// TestRoleWithADefaultNeedsAnAdmin: its default permission reaches into other workspaces than that of who manages it, also when it ends.
func TestRoleWithADefaultNeedsAnAdmin(t *testing.T) {
	f, _ := withWorkspaces(t)
	id := f.role("wide", "red")
	f.must("alice", "POST", rolesAPI+"assign", fmt.Sprintf(`{"username":"bob","role_id":%d}`, id))
	f.must("admin", "PATCH", "/api/1.0/extauthz/roles/update-default", fmt.Sprintf(`{"role_id":%d,"default_permission":"EDIT"}`, id))
	if a := f.call("alice", "POST", rolesAPI+"assign", fmt.Sprintf(`{"username":"carol","role_id":%d}`, id)); a.status != 403 {
		t.Errorf("by who manages the workspace: %d %s", a.status, a.body)
	}
	f.must("admin", "POST", rolesAPI+"assign", fmt.Sprintf(`{"username":"carol","role_id":%d}`, id))
	before := f.digest()
	for _, c := range []struct{ method, of, body string }{
		{"DELETE", "unassign", fmt.Sprintf(`{"username":"bob","role_id":%d}`, id)},
		{"PATCH", "update", fmt.Sprintf(`{"role_id":%d,"name":"another"}`, id)},
		{"DELETE", "delete", fmt.Sprintf(`{"role_id":%d}`, id)},
	} {
		if a := f.call("alice", c.method, rolesAPI+c.of, c.body); a.status != 403 || f.digest() != before {
			t.Errorf("%s by who manages the workspace: %d %s", c.of, a.status, a.body)
		}
	}
	f.must("alice", "PATCH", rolesAPI+"update", fmt.Sprintf(`{"role_id":%d,"name":"wide","description":"of red"}`, id))
	f.must("admin", "DELETE", rolesAPI+"unassign", fmt.Sprintf(`{"username":"bob","role_id":%d}`, id))
	f.must("admin", "DELETE", rolesAPI+"delete", fmt.Sprintf(`{"role_id":%d}`, id))
}

// TestStrangersDoNotLearnWhichRolesThereAre: one that is not there, and one in somebody else's workspace, look the same.
func TestStrangersDoNotLearnWhichRolesThereAre(t *testing.T) {
	f, blue := withWorkspaces(t)
	grant := f.holds(blue, "experiment", "*", "READ")
	const none = 4711
	for _, c := range []struct {
		method, of, body string
		id               uint64
	}{
		{"GET", "get?role_id=%d", "", blue},
		{"GET", "permissions/list?role_id=%d", "", blue},
		{"GET", "users/list?role_id=%d", "", blue},
		{"PATCH", "update", `{"role_id":%d,"name":"n"}`, blue},
		{"DELETE", "delete", `{"role_id":%d}`, blue},
		{"POST", "assign", `{"role_id":%d,"username":"alice"}`, blue},
		{"DELETE", "unassign", `{"role_id":%d,"username":"bob"}`, blue},
		{"POST", "permissions/add", `{"role_id":%d,"resource_type":"experiment","resource_pattern":"7","permission":"READ"}`, blue},
		{"PATCH", "permissions/update", `{"role_permission_id":%d,"permission":"EDIT"}`, grant},
		{"DELETE", "permissions/remove", `{"role_permission_id":%d}`, grant},
	} {
		ask := func(id uint64) reply {
			number := strconv.FormatUint(id, 10)
			return f.call("alice", c.method, rolesAPI+strings.ReplaceAll(c.of, "%d", number), strings.ReplaceAll(c.body, "%d", number))
		}
		there, not := ask(c.id), ask(none)
		if there.status != 403 || not.status != 403 || there.body != not.body {
			t.Errorf("%s: one that is there: %d %s; one that is not: %d %s", c.of, there.status, there.body, not.status, not.body)
		}
	}
}
