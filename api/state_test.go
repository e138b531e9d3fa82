package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

const (
	exportState = "/api/1.0/extauthz/state/export"
	applyState  = "/api/1.0/extauthz/state/apply"
	backUpState = "/api/1.0/extauthz/state/backup"
)

// apply sends a document and returns what changes, or would.
func (f *fixture) apply(username, document, rest string) (reply, []string, string) {
	f.Helper()
	a := f.call(username, "POST", applyState, fmt.Sprintf(`{"document":%s%s}`, document, rest))
	var said struct {
		Applied bool
		Changes []struct{ Op, What string }
		Plan    string
	}
	if a.status == http.StatusOK {
		if err := json.Unmarshal([]byte(a.body), &said); err != nil {
			f.Fatal(err)
		}
	}
	var changes []string
	for _, c := range said.Changes {
		changes = append(changes, c.Op+" "+c.What)
	}
	return a, changes, said.Plan
}

// TestExportIsAppliedAsItIs: nothing changes; with secrets, a new store decides the same.
func TestExportIsAppliedAsItIs(t *testing.T) {
	f, empty := newFixture(t), emptyFixture(t)
	f.granted("analysts", authz.InDefault(authz.Experiment, "1"), authz.Edit, "bob")
	f.issue("alice", `{"name":"laptop","read_only":true}`)
	before := f.revision()
	plain := f.call("admin", "GET", exportState, "")
	if plain.status != 200 || strings.Contains(plain.body, "argon2id") || strings.Contains(plain.body, "laptop") {
		t.Errorf("%d %s", plain.status, plain.body)
	}
	if _, changes, _ := f.apply("admin", plain.body, `,"prune":true`); len(changes) != 0 || f.revision() != before {
		t.Errorf("applying what there is: %v", changes)
	}
	whole := f.call("admin", "GET", exportState+"?secrets=true", "")
	if a, _, _ := empty.apply("admin", whole.body, `,"prune":true`); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if empty.digest() != f.digest() {
		t.Error("the new store decides otherwise")
	}
	if a := empty.call("admin", "GET", "/api/2.0/mlflow/users/current", "", func(r *http.Request) { r.SetBasicAuth("alice", f.passwords["alice"]) }); a.status != 200 {
		t.Errorf("alice keeps the password: %d %s", a.status, a.body)
	}
}

// TestOnlyWhatWasLookedAtIsApplied: a plan names the changes, and others are not made.
func TestOnlyWhatWasLookedAtIsApplied(t *testing.T) {
	f := newFixture(t)
	const document = `{"version":1,"users":[{"username":"bob","permissions":[{"resource_type":"experiment","resource_id":"1","permission":"READ"}]}]}`
	before := f.digest()
	_, changes, plan := f.apply("admin", document, `,"dry_run":true`)
	f.expectRows(changes, "add READ on experiment 1 for bob")
	if f.digest() != before {
		t.Error("a dry run changed something")
	}
	if _, err := f.store.SetGrant(t.Context(), store.Grant{Holder: f.user("bob").ID, Resource: authz.InDefault(authz.Experiment, "1"), Permission: authz.Edit}); err != nil {
		t.Fatal(err)
	}
	before = f.digest()
	if a, _, _ := f.apply("admin", document, `,"plan":"`+plan+`"`); a.status != http.StatusConflict || f.digest() != before {
		t.Errorf("with another state: %d %s", a.status, a.body)
	}
	_, changes, plan = f.apply("admin", document, `,"dry_run":true`)
	f.expectRows(changes, "change EDIT → READ on experiment 1 for bob")
	if a, _, _ := f.apply("admin", document, `,"plan":"`+plan+`"`); a.status != 200 || f.digest() == before {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestBadStatesChangeNothing, and neither does anybody but an admin.
func TestBadStatesChangeNothing(t *testing.T) {
	f := newFixture(t)
	restricted := f.issue("admin", `{"name":"reading","read_only":true}`)
	before := f.digest()
	for document, says := range map[string]string{
		`null`:                    "version",
		`{}`:                      "version",
		`{"version":1,"user":[]}`: "/user",
		`{"version":1,"users":[{"username":"a b"}]}`:                                    "user 'a b': The username contains a character",
		`{"version":1,"users":[{"username":"ALICE"}]}`:                                  "upper and lower case",
		`{"version":1,"users":[{"username":"dave"},{"username":"Dave"}]}`:               "upper and lower case",
		`{"version":1,"users":[{"username":"admin"}]}`:                                  "no admin who can sign in",
		`{"version":1,"users":[{"username":"admin","admin":true,"disabled":true}]}`:     "your own account",
		`{"version":1,"secrets":true,"users":[{"username":"bob","password_hash":"x"}]}`: "no format that is known",
		`{"version":1,"roles":[{"name":"__user_7__"}]}`:                                 "reserved",
		`{"version":1,"roles":[{"name":"r","workspace":"Not One"}]}`:                    "Invalid workspace",
		`{"version":1,"roles":[{"name":"r","permissions":[{"resource_type":"experiment","resource_id":"1","workspace":"team","permission":"READ"}]}]}`: "cannot hold",
		`{"version":1,"users":[{"username":"bob","permissions":[{"resource_type":"experiment","resource_id":"01","permission":"READ"}]}]}`:             "experiment ID",
		`{"version":1,"users":[{"username":"bob","permissions":[{"resource_type":"planet","resource_id":"1","permission":"READ"}]}]}`:                  "user 'bob': Invalid resource type 'planet'",
		`{"version":1,"users":[{"username":"bob","permissions":[{"resource_type":"workspace","resource_id":"*","permission":"EDIT"}]}]}`:               "'EDIT'",
	} {
		if a, _, _ := f.apply("admin", document, ""); a.status != http.StatusBadRequest || !strings.Contains(a.body, says) {
			t.Errorf("%s: %d %s", document, a.status, a.body)
		}
	}
	if a, _, _ := f.apply("admin", `{"version":1,"users":[]}`, `,"prune":true`); a.status != http.StatusBadRequest {
		t.Errorf("deleting everybody: %d %s", a.status, a.body)
	}
	for _, who := range []func(*http.Request){bearing(restricted), func(r *http.Request) { r.SetBasicAuth("alice", f.passwords["alice"]) }} {
		for _, c := range []struct{ method, target, body string }{
			{"POST", applyState, `{"document":{"version":1,"users":[{"username":"alice","admin":true}]}}`},
			{"GET", exportState, ""},
			{"GET", exportState + "?secrets=true", ""},
			{"GET", backUpState, ""},
		} {
			if a := f.call("", c.method, c.target, c.body, who); a.status != http.StatusForbidden {
				t.Errorf("%s: %d %s", c.target, a.status, a.body)
			}
		}
	}
	if f.digest() != before {
		t.Error("something changed")
	}
}

// TestOnlyAdminsSendMuch: a document may be large, and so who may send none has it refused unread.
func TestOnlyAdminsSendMuch(t *testing.T) {
	f := newFixture(t)
	for username, want := range map[string]int{"bob": http.StatusForbidden, "admin": http.StatusBadRequest} {
		body := strings.NewReader(`{"document":"` + strings.Repeat("x", 2*largestBody) + `"}`)
		all := body.Len()
		a := f.call(username, "POST", applyState, "{}", func(r *http.Request) { r.Body = io.NopCloser(body) })
		if read := body.Len() < all; a.status != want || read != (username == "admin") {
			t.Errorf("%s: %d %s, and %d bytes of %d left unread", username, a.status, a.body, body.Len(), all)
		}
	}
}

// TestStateIsOnRecord: who took it, and who changed it.
func TestStateIsOnRecord(t *testing.T) {
	f := newFixture(t, func(c *Config) {
		c.Backup = func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, "a copy"); return err }
	})
	f.call("admin", "GET", exportState+"?secrets=true", "")
	if a := f.call("admin", "GET", backUpState, ""); a.status != 200 || a.body != "a copy" {
		t.Errorf("%d %s", a.status, a.body)
	}
	f.apply("admin", `{"version":1,"users":[{"username":"bob","disabled":true}]}`, "")
	var got []string
	for a, err := range f.store.AuditLog(t.Context(), store.AuditQuery{Limit: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(a.Actor.Username, " ", a.Action, " ", a.Target))
	}
	f.expectRows(got, "admin user.update user bob", "admin state.backup state", "admin state.export state")
}

// TestCutBackupIsSeenAsOne: the connection breaks off, so that nobody takes the half for the whole.
func TestCutBackupIsSeenAsOne(t *testing.T) {
	f := newFixture(t, func(c *Config) {
		c.Backup = func(_ context.Context, w io.Writer) error {
			_, _ = w.Write(bytes.Repeat([]byte("x"), 100_000))
			return io.ErrUnexpectedEOF
		}
	})
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the answer ended as if it were whole")
		}
	}()
	f.call("admin", "GET", backUpState, "")
}

// TestFoldedNames: what strings.EqualFold takes for the same has one text, and nothing else has it.
func TestFoldedNames(t *testing.T) {
	names := []string{"alice", "ALICE", "Alice", "bob", "K", "k", "\u212a", "s", "\u017f", "ß", "ς", "Σ", "σ", "İ", "i", "I", "ı"}
	for _, a := range names {
		for _, b := range names {
			if (folded(a) == folded(b)) != strings.EqualFold(a, b) {
				t.Errorf("%q and %q: %q and %q", a, b, folded(a), folded(b))
			}
		}
	}
}
