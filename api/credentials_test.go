package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
)

const (
	createToken = "/api/1.0/extauthz/tokens/create"
	listTokens  = "/api/1.0/extauthz/tokens/list"
	deleteToken = "/api/1.0/extauthz/tokens/delete"
	createKey   = "/api/1.0/extauthz/access-keys/create"
	listKeys    = "/api/1.0/extauthz/access-keys/list"
	deleteKey   = "/api/1.0/extauthz/access-keys/delete"
	currentUser = "/api/2.0/mlflow/users/current"
)

// issue makes a token of that user and returns it.
func (f *fixture) issue(username, body string) string {
	f.Helper()
	a := f.call(username, "POST", createToken, body)
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(a.body), &made); err != nil || a.status != 200 || made.Token == "" {
		f.Fatalf("issuing a token: %d %s", a.status, a.body)
	}
	return made.Token
}

func bearing(token string) func(*http.Request) { return header("Authorization", "Bearer "+token) }

// TestTokens: issued once, listed without its secret, good for its user alone, and dead when revoked.
func TestTokens(t *testing.T) {
	f := newFixture(t)
	token := f.issue("alice", `{"name":"laptop"}`)
	if a := f.call("", "GET", currentUser, "", bearing(token)); a.status != 200 || !strings.Contains(a.body, `"username":"alice"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	list := f.call("alice", "GET", listTokens, "")
	if !strings.Contains(list.body, `"name":"laptop"`) || strings.Contains(list.body, token[5:20]) {
		t.Errorf("%d %s", list.status, list.body)
	}
	if strings.Contains(f.log.String(), token[5:20]) {
		t.Error("the log has the token")
	}
	if a := f.call("bob", "GET", listTokens+"?username=alice", ""); a.status != 403 {
		t.Errorf("bob lists alice's tokens: %d %s", a.status, a.body)
	}
	if a := f.call("bob", "DELETE", deleteToken, `{"username":"alice","name":"laptop"}`); a.status != 403 {
		t.Errorf("bob revokes alice's token: %d %s", a.status, a.body)
	}
	if a := f.call("admin", "GET", listTokens+"?username=alice", ""); !strings.Contains(a.body, `"name":"laptop"`) {
		t.Errorf("the admin does not see it: %d %s", a.status, a.body)
	}
	if a := f.call("alice", "DELETE", deleteToken, `{"name":"laptop"}`); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.call("", "GET", currentUser, "", bearing(token)); a.status != 401 {
		t.Errorf("the revoked token: %d %s", a.status, a.body)
	}
}

// TestStolenTokenIssuesNoOther: it could outlive its revocation. The owner's password can, and an admin's can for others.
func TestStolenTokenIssuesNoOther(t *testing.T) {
	f := newFixture(t)
	token := f.issue("alice", `{"name":"laptop"}`)
	before := f.digest()
	for _, path := range []string{createToken, createKey} {
		if a := f.call("", "POST", path, `{"name":"another"}`, bearing(token)); a.status == 200 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if f.digest() != before {
		t.Error("something changed")
	}
	f.issue("alice", `{"name":"another"}`)
	f.issue("admin", `{"name":"by the admin","username":"alice"}`)
	admins := f.issue("admin", `{"name":"automation"}`)
	if a := f.call("", "POST", createToken, `{"name":"for bob","username":"bob"}`, bearing(admins)); a.status != 200 {
		t.Errorf("an admin's token for somebody else: %d %s", a.status, a.body)
	}
}

// TestRestrictedTokenChangesNothing about users and permissions, not even an admin's.
func TestRestrictedTokenChangesNothing(t *testing.T) {
	f := newFixture(t)
	for _, username := range []string{"alice", "admin"} {
		for _, restriction := range []string{`"read_only":true`, `"resources":[{"resource_type":"experiment","resource_id":"1","permission":"MANAGE"}]`} {
			token := f.issue(username, fmt.Sprintf(`{"name":%q,%s}`, restriction, restriction))
			before := f.digest()
			for _, c := range []struct{ method, path, body string }{
				{"PATCH", "/api/2.0/mlflow/users/update-password", `{"username":"` + username + `","password":"a-good-password","current_password":"` + f.passwords[username] + `"}`},
				{"POST", "/api/2.0/mlflow/users/create", `{"username":"eve","password":"a-good-password"}`},
				{"POST", "/api/3.0/mlflow/users/permissions/grant", `{"username":"bob","resource_type":"experiment","resource_id":"1","permission":"READ"}`},
				{"POST", createToken, `{"name":"wide","username":"bob"}`},
				{"DELETE", deleteToken, `{"name":"x"}`},
			} {
				if a := f.call("", c.method, c.path, c.body, bearing(token)); a.status != 403 || !strings.Contains(a.body, "restricted") {
					t.Errorf("%s with %s: %s = %d %s", username, restriction, c.path, a.status, a.body)
				}
			}
			if f.digest() != before {
				t.Errorf("%s with %s changed something", username, restriction)
			}
			if a := f.call("", "GET", currentUser, "", bearing(token)); a.status != 200 {
				t.Errorf("looking: %d %s", a.status, a.body)
			}
			if a := f.call("", "GET", "/api/2.0/mlflow/users/get?username=bob", "", bearing(token)); a.status != 403 {
				t.Errorf("looking at somebody else: %d %s", a.status, a.body)
			}
		}
	}
}

func TestScopesOfTokens(t *testing.T) {
	f := newFixture(t)
	f.issue("alice", `{"name":"n","expires_in":3600,"resources":[
		{"resource_type":"experiment","resource_id":"1","permission":"EDIT"},
		{"resource_type":"registered_model","resource_id":"*","workspace":"team","permission":"READ"}]}`)
	for c, err := range f.store.Credentials(t.Context(), f.user("alice").ID) {
		if err != nil {
			t.Fatal(err)
		}
		want := []authz.Ceiling{
			{Resource: authz.InDefault(authz.Experiment, "1"), Permission: authz.Edit},
			{Resource: authz.Resource{Kind: authz.RegisteredModel, Workspace: "team", ID: "*"}, Permission: authz.Read},
		}
		if c.Scope == nil || c.Scope.ReadOnly || len(c.Scope.Ceilings) != 2 || c.Scope.Ceilings[0] != want[0] || c.Scope.Ceilings[1] != want[1] {
			t.Errorf("%+v", c.Scope)
		}
		if left := time.Until(c.ExpiresAt); left < 59*time.Minute || left > time.Hour {
			t.Errorf("expires in %s", left)
		}
	}
}

// TestBadTokenRequests get an error that says what is wrong, and change nothing.
func TestBadTokenRequests(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.MaxCredentialAge = time.Hour })
	f.issue("alice", `{"name":"taken"}`)
	before := f.digest()
	for _, c := range []struct{ body, says string }{
		{`{}`, "'name'"},
		{`{"name":""}`, "'name'"},
		{`{"name":"taken"}`, "already"},
		{`{"name":"n","expires_in":0}`, "'expires_in'"},
		{`{"name":"n","expires_in":-5}`, "'expires_in'"},
		{`{"name":"n","expires_in":3601}`, "3600 seconds"},
		{`{"name":"n","expires_in":9223372036854775807}`, "'expires_in'"},
		{`{"name":"n","expires_in":"3600"}`, "a whole number"},
		{`{"name":"n","read_only":"yes"}`, "true or false"},
		{`{"name":"n","resources":[]}`, "good for nothing"},
		{`{"name":"n","resources":{}}`, "a list"},
		{`{"name":"n","resources":[{"resource_type":"experiment","resource_id":"01","permission":"READ"}]}`, "experiment ID"},
		{`{"name":"n","resources":[{"resource_type":"planet","resource_id":"1","permission":"READ"}]}`, "'planet'"},
		{`{"name":"n","resources":[{"resource_type":"experiment","resource_id":"1","permission":"DENY"}]}`, "'DENY'"},
		{`{"name":"n","resources":[{"resource_type":"experiment","resource_id":"1"}]}`, "permission"},
		{`{"name":"n","resources":[{"resource_type":"experiment","resource_id":"1","permission":"READ","more":1}]}`, "'more'"},
		{`{"name":"n","more":1}`, "'more'"},
		{`{"name":"n","username":"nobody"}`, "only an admin"},
	} {
		if a := f.call("alice", "POST", createToken, c.body); a.status < 400 || a.status > 403 || !strings.Contains(a.body, c.says) {
			t.Errorf("%s = %d %s", c.body, a.status, a.body)
		}
	}
	if a := f.call("admin", "POST", createToken, `{"name":"n","username":"nobody"}`); a.status != 404 {
		t.Errorf("for an unknown user: %d %s", a.status, a.body)
	}
	if a := f.call("alice", "DELETE", deleteToken, `{"name":"unknown"}`); a.status != 404 {
		t.Errorf("revoking what is not there: %d %s", a.status, a.body)
	}
	if f.digest() != before {
		t.Error("something changed")
	}
}

// keymaker makes access keys that nothing verifies.
type keymaker struct{}

func (keymaker) NewAccessKey(temporary bool) (id, secret, sessionToken string, sealed []byte) {
	if temporary {
		return "MLFTKEY", "the-secret", "the-session-token", []byte("sealed")
	}
	return "MLFAKEY", "the-secret", "", []byte("sealed")
}

func TestAccessKeys(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.AccessKeys = keymaker{} })
	a := f.call("alice", "POST", createKey, `{"name":"batch"}`)
	if a.status != 200 || !strings.Contains(a.body, `"secret_access_key":"the-secret"`) || !strings.Contains(a.body, `"session_token":""`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.call("alice", "POST", createKey, `{"name":"job","temporary":true}`); a.status != 400 || !strings.Contains(a.body, "expires_in") {
		t.Errorf("temporary for ever: %d %s", a.status, a.body)
	}
	if a := f.call("alice", "POST", createKey, `{"name":"job","temporary":true,"expires_in":600}`); a.status != 200 || !strings.Contains(a.body, `"session_token":"the-session-token"`) {
		t.Errorf("temporary: %d %s", a.status, a.body)
	}
	list := f.call("alice", "GET", listKeys, "")
	if !strings.Contains(list.body, "MLFAKEY") || strings.Contains(list.body, "secret") || strings.Contains(list.body, "sealed") {
		t.Errorf("%d %s", list.status, list.body)
	}
	if tokens := f.call("alice", "GET", listTokens, ""); strings.Contains(tokens.body, "batch") {
		t.Errorf("an access key is listed as a token: %s", tokens.body)
	}
	if a := f.call("alice", "DELETE", deleteToken, `{"name":"batch"}`); a.status != 404 {
		t.Errorf("revoking it as a token: %d %s", a.status, a.body)
	}
	if a := f.call("alice", "DELETE", deleteKey, `{"name":"batch"}`); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestAccessKeysAreSwitchedOff without a secret to encrypt theirs with, and the answer says so.
func TestAccessKeysAreSwitchedOff(t *testing.T) {
	f := newFixture(t)
	if a := f.call("alice", "POST", createKey, `{"name":"batch"}`); a.status != 400 || !strings.Contains(a.body, "switched off") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
