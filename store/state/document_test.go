package state_test

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"extauthz/authz"
	"extauthz/store"
	"extauthz/store/boltstore"
	"extauthz/store/state"
)

// newStore is a real one that holds the snapshot.
func newStore(t *testing.T, s store.Snapshot) *boltstore.Store {
	t.Helper()
	st, err := boltstore.Create(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Import(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return st
}

func exported(t *testing.T, s *boltstore.Store) store.Snapshot {
	t.Helper()
	out, err := s.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func digest(t *testing.T, s *boltstore.Store) string {
	t.Helper()
	d, err := s.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// drawState is any small state, with names that are hard on the formats.
func drawState(r *rapid.T, label string) store.Snapshot {
	some := func(what string) bool { return rapid.Bool().Draw(r, label+" "+what) }
	level := func(what string) authz.Permission {
		return authz.Permission(rapid.IntRange(int(authz.Deny), int(authz.Manage)).Draw(r, label+" "+what))
	}
	resources := []authz.Resource{
		authz.InDefault(authz.Experiment, "7"), authz.InDefault(authz.Experiment, "*"), authz.WorkspaceNamed("team"),
		{Kind: authz.RegisteredModel, Workspace: "team", ID: "a: {b}, #c\n\"d\" é"},
		authz.InDefault(authz.Prompt, "yes"),
	}
	s := store.Snapshot{Users: []store.User{{Username: "root", Admin: true, PasswordHash: "a hash"}}}
	for _, role := range []store.RoleName{{Workspace: "default", Name: "null"}, {Workspace: "team", Name: "- 07"}} {
		if !some(role.Name) {
			continue
		}
		s.Roles = append(s.Roles, store.Role{Workspace: role.Workspace, Name: role.Name, Description: "x: y", Default: authz.Permission(rapid.IntRange(0, 6).Draw(r, label))})
		for i, on := range resources {
			if some(fmt.Sprint("role grant ", i)) {
				s.Grants = append(s.Grants, store.NamedGrant{Holder: store.Holder{Role: role}, Resource: on, Permission: level("level")})
			}
		}
	}
	for _, name := range []string{"alice", "007", "~"} {
		if !some(name) {
			continue
		}
		u := store.User{Username: name, Admin: some("admin"), Disabled: some("disabled"), MustChangePassword: some("must change")}
		if u.ServiceAccount = some("service"); !u.ServiceAccount {
			u.PasswordHash = rapid.SampledFrom([]string{"hash 1", "$argon2id$hash=2"}).Draw(r, label)
		}
		s.Users = append(s.Users, u)
		for _, role := range s.Roles {
			if some("has role") {
				s.Assignments = append(s.Assignments, store.NamedAssignment{Username: name, Role: store.RoleName{Workspace: role.Workspace, Name: role.Name}})
			}
		}
		for i, on := range resources {
			if some(fmt.Sprint("grant ", i)) {
				s.Grants = append(s.Grants, store.NamedGrant{Holder: store.Holder{Username: name}, Resource: on, Permission: level("level")})
			}
		}
		if some("token") {
			key := sha256.Sum256([]byte(name + rapid.SampledFrom([]string{"1", "2"}).Draw(r, label)))
			c := store.Credential{Kind: store.Token, Name: "laptop", Key: key[:], CreatedAt: time.Unix(1, 0)}
			if some("scoped") {
				c.Scope = &authz.Scope{ReadOnly: some("reads"), Ceilings: []authz.Ceiling{{Resource: resources[0], Permission: authz.Edit}}}
				c.ExpiresAt = time.Unix(4e9, 0)
			}
			s.Credentials = append(s.Credentials, store.NamedCredential{Username: name, Credential: c})
		}
	}
	return s
}

// TestPrunedImportMakesTheSameState: whatever two stores hold, what one exports makes the other decide the same, by way of either format.
// Doing it twice changes nothing.
func TestPrunedImportMakesTheSameState(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		from, to := newStore(t, drawState(r, "from")), newStore(t, drawState(r, "to"))
		d, err := state.Of(exported(t, from), true)
		if err != nil {
			r.Fatal(err)
		}
		write := rapid.SampledFrom([]func() ([]byte, error){d.YAML, d.JSON}).Draw(r, "format")
		text, err := write()
		if err != nil {
			r.Fatal(err)
		}
		read, err := state.Parse(text)
		if err != nil {
			r.Fatalf("%v\n%s", err, text)
		}
		plan, err := state.Compare(exported(t, to), read, true)
		if err != nil {
			r.Fatal(err)
		}
		if err := to.Import(t.Context(), plan.Snapshot); err != nil {
			r.Fatalf("%v\n%s", err, text)
		}
		if digest(t, from) != digest(t, to) {
			r.Fatalf("they decide otherwise after %v\n%s", plan.Changes, text)
		}
		again, err := state.Compare(exported(t, to), read, true)
		if err != nil || len(again.Changes) != 0 {
			r.Fatalf("a second time: %v %v", again.Changes, err)
		}
	})
}

// TestYAMLIsForPeople: one line for each permission, nothing that goes without saying, no secret unless asked for.
func TestYAMLIsForPeople(t *testing.T) {
	key := sha256.Sum256(nil)
	s := store.Snapshot{
		Users:       []store.User{{Username: "alice", PasswordHash: "a hash"}, {Username: "root", Admin: true, PasswordHash: "a hash"}},
		Roles:       []store.Role{{Workspace: "default", Name: "analysts", Default: authz.Read}},
		Assignments: []store.NamedAssignment{{Username: "alice", Role: store.RoleName{Workspace: "default", Name: "analysts"}}},
		Grants: []store.NamedGrant{
			{Holder: store.Holder{Username: "alice"}, Resource: authz.InDefault(authz.Experiment, "7"), Permission: authz.Edit},
			{Holder: store.Holder{Role: store.RoleName{Workspace: "default", Name: "analysts"}}, Resource: authz.InDefault(authz.RegisteredModel, "*"), Permission: authz.Read},
		},
		Credentials: []store.NamedCredential{{Username: "alice", Credential: store.Credential{Kind: store.Token, Name: "laptop", Key: key[:]}}},
	}
	d, err := state.Of(s, false)
	if err != nil {
		t.Fatal(err)
	}
	text, err := d.YAML()
	if err != nil {
		t.Fatal(err)
	}
	const want = `version: 1
users:
  - username: alice
    roles:
      - {name: analysts}
    permissions:
      - {resource_type: experiment, resource_id: "7", permission: EDIT}
  - username: root
    admin: true
roles:
  - name: analysts
    default_permission: READ
    permissions:
      - {resource_type: registered_model, resource_id: '*', permission: READ}
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
	if d, err = state.Of(s, true); err != nil || d.Users[0].PasswordHash == "" || len(d.Users[0].Credentials) != 1 {
		t.Errorf("with secrets: %+v %v", d, err)
	}
}

// TestPlans are what people read before they agree.
func TestPlans(t *testing.T) {
	is := store.Snapshot{
		Users: []store.User{{Username: "alice"}, {Username: "bob"}, {Username: "root", Admin: true}},
		Roles: []store.Role{{Workspace: "default", Name: "analysts"}, {Workspace: "default", Name: "old"}},
		Assignments: []store.NamedAssignment{
			{Username: "alice", Role: store.RoleName{Workspace: "default", Name: "old"}},
			{Username: "alice", Role: store.RoleName{Workspace: "default", Name: "analysts"}},
		},
		Grants: []store.NamedGrant{
			{Holder: store.Holder{Username: "alice"}, Resource: authz.InDefault(authz.Experiment, "7"), Permission: authz.Edit},
			{Holder: store.Holder{Username: "alice"}, Resource: authz.InDefault(authz.Experiment, "8"), Permission: authz.Edit},
		},
	}
	const text = `
version: 1
users:
  - username: alice
    permissions:
      - {resource_type: experiment, resource_id: 7, permission: READ}
      - {resource_type: workspace, resource_id: "*", workspace: team, permission: MANAGE}
  - {username: root, admin: true}
  - {username: carol, disabled: true}
roles:
  - {name: analysts, default_permission: READ}
`
	for name, c := range map[string]struct {
		prune bool
		want  string
	}{
		"added and changed": {false, `
			add user carol (disabled, without a password)
			change role analysts: default permission none → READ
			change EDIT → READ on experiment 7 for alice
			add MANAGE on workspace * in workspace team for alice`},
		"pruned, too": {true, `
			add user carol (disabled, without a password)
			change role analysts: default permission none → READ
			change EDIT → READ on experiment 7 for alice
			add MANAGE on workspace * in workspace team for alice
			remove user bob
			remove role old
			remove role analysts for alice
			remove EDIT on experiment 8 for alice`},
	} {
		d, err := state.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := state.Compare(is, d, c.prune)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, change := range plan.Changes {
			fmt.Fprintf(&got, "\n\t\t\t%s %s", change.Op, change.What)
		}
		if diff := cmp.Diff(c.want, got.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestWhatADocumentDoesNotSay stays: a section that is not there prunes nothing.
func TestWhatADocumentDoesNotSay(t *testing.T) {
	is := store.Snapshot{
		Users:  []store.User{{Username: "alice"}, {Username: "root", Admin: true}},
		Roles:  []store.Role{{Workspace: "default", Name: "analysts"}},
		Grants: []store.NamedGrant{{Holder: store.Holder{Username: "alice"}, Resource: authz.InDefault(authz.Experiment, "7"), Permission: authz.Edit}},
	}
	for text, want := range map[string]int{
		"version: 1": 0, "version: 1\nroles: []": 1, "version: 1\nroles: [{name: analysts}]": 0, "version: 1\nusers: []": 2,
		`{"version": 1, "roles": []}`: 1, `{"version": 1}`: 0,
	} {
		d, err := state.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		plan, err := state.Compare(is, d, true)
		if err != nil || len(plan.Changes) != want {
			t.Errorf("%s: %v %v", text, plan.Changes, err)
		}
	}
}

// TestBadDocuments are refused with what is wrong, never read in part.
func TestBadDocuments(t *testing.T) {
	for text, says := range map[string]string{
		"":                            "",
		"users: []":                   "version",
		"version: 2":                  "version: 2",
		"version: 1\nuser: []":        "user",
		"version: 1\nusers: {}":       "",
		"version: 1\n---\nversion: 1": "",
		"version: 1\nversion: 1":      "version",
		"version: 1\nusers: [{username: a, adm: true}]":                                                       "adm",
		"version: 1\nusers: [{username: a}, {username: a}]":                                                   `user "a": it is there twice`,
		"version: 1\nroles: [{name: a}, {name: a, workspace: default}]":                                       `role "a": it is there twice`,
		"version: 1\nusers: [{username: a, password_hash: x}]":                                                "secrets: true",
		"version: 1\nusers: [{username: a, roles: [{name: r}]}]":                                              "there is no role r",
		"version: 1\nroles: [{name: a, default_permission: read}]":                                            "default_permission",
		"version: 1\nusers: [{username: a, permissions: [{resource_type: experiment}]}]":                      "permission on experiment",
		`{"version": 1, "users": [{"username": "a", "adm": true}]}`:                                           "/users/0",
		`{"version": 1, "version": 1}`:                                                                        "twice",
		`{"version": 1} {}`:                                                                                   "",
		"version: 1\nsecrets: true\nusers: [{username: a, credentials: [{kind: token, name: t, key: AAAA}]}]": `credential "t"`,
	} {
		d, err := state.Parse([]byte(text))
		if err == nil {
			_, err = state.Compare(store.Snapshot{}, d, false)
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A section that is not there must not come out as one that is there and empty: pruned, that would be everybody's end.
func TestSectionsThatAreNotThereStayThat(t *testing.T) {
	for text, want := range map[string][2]bool{ // whether it has users, and roles
		"version: 1\n": {}, "version: 1\nroles: []\n": {false, true}, "version: 1\nusers: []\n": {true, false},
	} {
		d, err := state.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		written, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := state.Parse(written)
		if got := [2]bool{again.Users != nil, again.Roles != nil}; err != nil || got != want {
			t.Errorf("%q becomes %s: users and roles %t, want %t (%v)", text, written, got, want, err)
		}
	}
}
