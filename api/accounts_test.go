package api

import (
	"strings"
	"testing"
)

const ownAPI = "/api/1.0/extauthz/users/"

// TestRename keeps everything but the name: password, grants, and being the one who signs in.
func TestRename(t *testing.T) {
	f := newFixture(t)
	a := f.must("admin", "PATCH", ownAPI+"rename", `{"username":"alice","new_username":"Alison"}`)
	if !strings.Contains(a.body, `"id":2,`) || !strings.Contains(a.body, `"username":"Alison"`) {
		t.Errorf("the answer is %s", a.body)
	}
	if a := f.call("alice", "GET", "/api/2.0/mlflow/users/current", ""); a.status != 401 {
		t.Errorf("the old name = %d", a.status)
	}
	f.passwords["Alison"] = f.passwords["alice"]
	f.must("Alison", "POST", grantAPI, `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`)
	f.must("admin", "PATCH", ownAPI+"rename", `{"username":"Alison","new_username":"alison"}`)
	before := f.digest()
	for body, status := range map[string]int{
		`{"username":"bob","new_username":"carol"}`:   400,
		`{"username":"bob","new_username":"CAROL"}`:   400,
		`{"username":"bob","new_username":"a b"}`:     400,
		`{"username":"bob","new_username":""}`:        400,
		`{"username":"bob"}`:                          400,
		`{"new_username":"bob2"}`:                     400,
		`{"username":"nobody","new_username":"bob2"}`: 404,
		`{"username":"bob","new_username":"b","x":1}`: 400,
	} {
		if a := f.call("admin", "PATCH", ownAPI+"rename", body); a.status != status || f.digest() != before {
			t.Errorf("%s = %d %s", body, a.status, a.body)
		}
	}
	for _, username := range []string{"bob", "carol"} {
		if a := f.call(username, "PATCH", ownAPI+"rename", `{"username":"bob","new_username":"b"}`); a.status != 403 || f.digest() != before {
			t.Errorf("by %s = %d", username, a.status)
		}
	}
}

// TestDisabledUserIsNobody at once, and the same again when enabled.
func TestDisabledUserIsNobody(t *testing.T) {
	f := newFixture(t)
	f.must("bob", "GET", getBob, "")
	f.must("admin", "PATCH", ownAPI+"update-disabled", `{"username":"bob","disabled":true}`)
	if a := f.call("bob", "GET", getBob, ""); a.status != 401 {
		t.Errorf("disabled = %d %s", a.status, a.body)
	}
	f.expect("/api/1.0/extauthz/users/list", `"disabled":true,"id":3,`)
	f.must("admin", "PATCH", ownAPI+"update-disabled", `{"username":"bob","disabled":false}`)
	f.must("bob", "GET", getBob, "")
	before := f.digest()
	for body, status := range map[string]int{
		`{"username":"admin","disabled":true}`: 400, `{"username":"bob"}`: 400, `{"username":"bob","disabled":"true"}`: 400,
		`{"disabled":true}`: 400, `{"username":"nobody","disabled":true}`: 404, `{"username":"bob","disabled":true,"x":1}`: 400,
	} {
		if a := f.call("admin", "PATCH", ownAPI+"update-disabled", body); a.status != status || f.digest() != before {
			t.Errorf("%s = %d %s", body, a.status, a.body)
		}
	}
	if a := f.call("carol", "PATCH", ownAPI+"update-disabled", `{"username":"bob","disabled":true}`); a.status != 403 || f.digest() != before {
		t.Errorf("by carol = %d", a.status)
	}
}

// TestLastAdminWhoCanSignIn: a service account and a disabled admin are none.
func TestLastAdminWhoCanSignIn(t *testing.T) {
	f := newFixture(t)
	f.must("admin", "POST", ownAPI+"create-service-account", `{"username":"robot"}`)
	f.must("admin", "PATCH", setAdmin, `{"username":"robot","is_admin":true}`)
	f.must("admin", "PATCH", setAdmin, `{"username":"alice","is_admin":true}`)
	f.must("admin", "PATCH", ownAPI+"update-disabled", `{"username":"alice","disabled":true}`)
	before := f.digest()
	if a := f.call("admin", "PATCH", setAdmin, `{"username":"admin","is_admin":false}`); a.code() != "BAD_REQUEST" || f.digest() != before {
		t.Errorf("demoting the last one = %d %s", a.status, a.body)
	}
	f.must("admin", "PATCH", ownAPI+"update-disabled", `{"username":"alice","disabled":false}`)
	f.must("alice", "PATCH", ownAPI+"update-disabled", `{"username":"admin","disabled":true}`)
	if a := f.call("alice", "PATCH", setAdmin, `{"username":"alice","is_admin":false}`); a.code() != "BAD_REQUEST" {
		t.Errorf("demoting the last one who can sign in = %d %s", a.status, a.body)
	}
}

// TestServiceAccountHasNoPassword, whoever tries to give it one.
func TestServiceAccountHasNoPassword(t *testing.T) {
	f := newFixture(t)
	a := f.must("admin", "POST", ownAPI+"create-service-account", `{"username":"robot"}`)
	if !strings.Contains(a.body, `"service_account":true`) {
		t.Errorf("the answer is %s", a.body)
	}
	before := f.digest()
	if a := f.call("admin", "PATCH", setPassword, `{"username":"robot","password":"a-good-password"}`); a.status != 400 || !strings.Contains(a.body, "token") {
		t.Errorf("a password = %d %s", a.status, a.body)
	}
	for body, status := range map[string]int{`{"username":"Robot"}`: 400, `{"username":"x y"}`: 400, `{}`: 400, `{"username":"r2","password":"a-good-password"}`: 400} {
		if a := f.call("admin", "POST", ownAPI+"create-service-account", body); a.status != status {
			t.Errorf("%s = %d %s", body, a.status, a.body)
		}
	}
	if a := f.call("bob", "POST", ownAPI+"create-service-account", `{"username":"r2"}`); a.status != 403 || f.digest() != before {
		t.Errorf("by bob = %d", a.status)
	}
	for _, secret := range []string{"", " ", "a-good-password"} {
		f.passwords["robot"] = secret
		if a := f.call("robot", "GET", "/api/2.0/mlflow/users/current", ""); a.status != 401 {
			t.Errorf("it signs in with %q: %d", secret, a.status)
		}
	}
}
