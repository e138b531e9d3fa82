package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

func transferCases() []conformance {
	return []conformance{
		{"AnExportHasEverythingByName", testExport},
		{"ImportOfAnExportDecidesTheSame", testImportExport},
		{"ImportTwiceIsOneWrite", testImportTwice},
		{"ImportUpdatesWhatExistsAndKeepsTheRest", testImportUpdates},
		{"ImportDeletesWhatItSaysFirst", testImportDeletes},
		{"ImportIsAllOrNothing", testImportWhole},
		{"ImportLeavesSomebodyWhoGoverns", testImportGoverned},
		{"TheDigestIsOfWhatDecidesAndNothingElse", testDigest},
	}
}

// furnish makes something of everything.
func furnish(t tester, l *ledger) {
	ctx := context.Background()
	at := time.Date(2026, 5, 6, 7, 8, 9, 10, time.UTC)
	for i, name := range oddNames() {
		_, err := l.CreateUser(ctx, store.User{Username: name, PasswordHash: "hash of " + name, Admin: i%3 == 0, MustChangePassword: i%2 == 0, CreatedAt: at})
		check(t, err)
	}
	robot, err := l.CreateUser(ctx, store.User{Username: "robot", ServiceAccount: true, Disabled: true})
	check(t, err)
	for i, name := range oddNames() {
		r, err := l.CreateRole(ctx, store.Role{Workspace: []string{"default", "team"}[i%2], Name: name, Description: "d", Default: authz.Read, CreatedAt: at})
		check(t, err)
		grant(t, l, r.ID, experiment(name), authz.Edit)
		if i%2 == 0 {
			assign(t, l, robot.ID, r.ID)
		}
	}
	for i, name := range oddNames() {
		grant(t, l, robot.ID, authz.Resource{Kind: authz.Prompt, Workspace: name, ID: name}, authz.Deny)
		c := accessKey(robot.ID, name, name)
		c.Scope, c.ExpiresAt = someScopes()[i%len(someScopes())], at
		newCredential(t, l, c)
	}
}

func export(t tester, l *ledger) store.Snapshot {
	t.Helper()
	out, err := l.Export(context.Background())
	check(t, err)
	return out
}

func digest(t tester, l *ledger) string {
	t.Helper()
	d, err := l.Digest(context.Background())
	check(t, err)
	return d
}

func testExport(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann")
	readers, err := l.CreateRole(ctx, store.Role{Workspace: "team", Name: "readers"})
	check(t, err)
	assign(t, l, ann.ID, readers.ID)
	grant(t, l, ann.ID, experiment("1"), authz.Read)
	grant(t, l, readers.ID, experiment("1"), authz.Deny)
	c := newCredential(t, l, token(ann.ID, "laptop", 1))
	check(t, l.Touch(ctx, map[uint64]time.Time{c.ID: time.Now()}))
	ann.ID, readers.ID, c.ID, c.UserID = 0, 0, 0, 0
	name := store.RoleName{Workspace: "team", Name: "readers"}
	equal(t, "Export", export(t, l), store.Snapshot{
		Users: []store.User{ann}, Roles: []store.Role{readers},
		Assignments: []store.NamedAssignment{{Username: "ann", Role: name}},
		Grants: []store.NamedGrant{
			{Holder: store.Holder{Username: "ann"}, Resource: experiment("1"), Permission: authz.Read},
			{Holder: store.Holder{Role: name}, Resource: experiment("1"), Permission: authz.Deny},
		},
		Credentials: []store.NamedCredential{{Username: "ann", Credential: c}},
	})
}

// testImportExport deletes everything but the admins, who are made anew with other ids.
func testImportExport(t *testing.T, l *ledger) {
	ctx := context.Background()
	furnish(t, l)
	before, out := digest(t, l), export(t, l)
	_, err := l.CreateUser(ctx, store.User{Username: "in between", Admin: true})
	check(t, err)
	all := out
	for _, u := range out.Users {
		all.DeleteUsers = append(all.DeleteUsers, u.Username)
	}
	for _, r := range out.Roles {
		all.DeleteRoles = append(all.DeleteRoles, store.RoleName{Workspace: r.Workspace, Name: r.Name})
	}
	emptied := store.Snapshot{DeleteUsers: all.DeleteUsers, DeleteRoles: all.DeleteRoles}
	check(t, l.Import(ctx, emptied))
	equal(t, "what is left", export(t, l), store.Snapshot{Users: []store.User{{Username: "in between", Admin: true}}})
	all.DeleteUsers = append(all.DeleteUsers, "in between")
	check(t, l.Import(ctx, all))
	equal(t, "the export of the import", export(t, l), out)
	equal(t, "the digest", digest(t, l), before)
}

func testImportTwice(t *testing.T, l *ledger) {
	furnish(t, l)
	out := export(t, l)
	writes := l.writes.Load()
	check(t, l.Import(context.Background(), out))
	check(t, l.Import(context.Background(), store.Snapshot{}))
	check(t, l.Import(context.Background(), store.Snapshot{
		DeleteUsers: []string{"nobody"}, DeleteRoles: []store.RoleName{{}}, DeleteAssignments: []store.NamedAssignment{{Username: "a"}},
		DeleteGrants: []store.NamedGrant{{}}, DeleteCredentials: []store.CredentialName{{Username: "a"}},
	}))
	equal(t, "writes", l.writes.Load(), writes)
}

func testImportUpdates(t *testing.T, l *ledger) {
	ctx := context.Background()
	at := time.Date(2026, 5, 6, 7, 8, 9, 10, time.UTC)
	ann, err := l.CreateUser(ctx, store.User{Username: "ann", PasswordHash: "hash", Admin: true, CreatedAt: at})
	check(t, err)
	bob, err := l.CreateUser(ctx, store.User{Username: "bob", PasswordHash: "hash"})
	check(t, err)
	r := newRole(t, l, "readers")
	grant(t, l, ann.ID, experiment("1"), authz.Read)
	grant(t, l, ann.ID, experiment("2"), authz.Read)
	newCredential(t, l, token(ann.ID, "laptop", 1))
	kept := newCredential(t, l, token(ann.ID, "desktop", 2))
	check(t, l.Import(ctx, store.Snapshot{
		Users: []store.User{{Username: "ann", Admin: true, MustChangePassword: true}, {Username: "bob", ServiceAccount: true}},
		Roles: []store.Role{{Workspace: r.Workspace, Name: r.Name, Default: authz.Use}},
		Grants: []store.NamedGrant{
			{Holder: store.Holder{Username: "ann"}, Resource: experiment("1"), Permission: authz.Edit},
			{Holder: store.Holder{Role: store.RoleName{Workspace: r.Workspace, Name: r.Name}}, Resource: experiment("1"), Permission: authz.Use},
		},
		Assignments: []store.NamedAssignment{{Username: "ann", Role: store.RoleName{Workspace: r.Workspace, Name: r.Name}}},
		Credentials: []store.NamedCredential{{Username: "ann", Credential: token(0, "laptop", 3)}},
	}))
	ann.MustChangePassword, r.Default = true, authz.Use
	bob.ServiceAccount, bob.PasswordHash = true, ""
	a, err := l.AccountByName(ctx, "ann")
	check(t, err)
	equal(t, "ann", a, store.Account{User: ann, Roles: []store.Role{r}})
	b, err := l.UserByName(ctx, "bob")
	check(t, err)
	equal(t, "bob", b, bob)
	wantPermission(t, l, ann.ID, experiment("1"), authz.Edit)
	wantPermission(t, l, ann.ID, experiment("2"), authz.Read)
	wantPermission(t, l, r.ID, experiment("1"), authz.Use)
	names := []string{}
	for _, c := range all(t, l.Credentials(ctx, ann.ID)) {
		names = append(names, fmt.Sprint(c.Name, c.Key[0]))
	}
	equal(t, "credentials", names, []string{"desktop2", "laptop3"})
	_, _, err = l.AccountByKey(ctx, kept.Kind, token(0, "", 1).Key)
	wantErr(t, err, store.ErrNotFound)
}

func testImportDeletes(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob, r := newUser(t, l, "ann"), newUser(t, l, "bob"), newRole(t, l, "readers")
	name := store.RoleName{Workspace: r.Workspace, Name: r.Name}
	writers := newRole(t, l, "writers")
	assign(t, l, bob.ID, writers.ID)
	grant(t, l, ann.ID, experiment("1"), authz.Read)
	grant(t, l, bob.ID, experiment("1"), authz.Read)
	grant(t, l, bob.ID, experiment("2"), authz.Read)
	newCredential(t, l, token(bob.ID, "laptop", 1))
	check(t, l.Import(ctx, store.Snapshot{
		DeleteUsers: []string{"ann"}, DeleteRoles: []store.RoleName{name},
		DeleteAssignments: []store.NamedAssignment{{Username: "bob", Role: store.RoleName{Workspace: writers.Workspace, Name: writers.Name}}},
		DeleteGrants:      []store.NamedGrant{{Holder: store.Holder{Username: "bob"}, Resource: experiment("1")}},
		DeleteCredentials: []store.CredentialName{{Username: "bob", Name: "laptop"}},
		Users:             []store.User{{Username: "ann"}}, // anew
		Grants:            []store.NamedGrant{{Holder: store.Holder{Username: "ann"}, Resource: experiment("3"), Permission: authz.Read}},
	}))
	again, err := l.UserByName(ctx, "ann")
	check(t, err)
	if again.ID <= writers.ID {
		t.Errorf("the user made anew has id %d", again.ID)
	}
	equal(t, "ann's grants", resources(all(t, l.GrantsOf(ctx, again.ID))), []authz.Resource{experiment("3")})
	equal(t, "bob's grants", resources(all(t, l.GrantsOf(ctx, bob.ID))), []authz.Resource{experiment("2")})
	equal(t, "what else is left of bob's", len(all(t, l.AssignmentsOf(ctx, bob.ID)))+len(all(t, l.Credentials(ctx, bob.ID))), 0)
	_, err = l.RoleByID(ctx, r.ID)
	wantErr(t, err, store.ErrNotFound)
}

func testImportWhole(t *testing.T, l *ledger) {
	ctx := context.Background()
	furnish(t, l)
	newCredential(t, l, token(newUser(t, l, "ann").ID, "laptop", 1))
	before := export(t, l)
	good := store.Snapshot{Users: []store.User{{Username: "eve"}}, DeleteUsers: []string{"robot"}}
	readers := store.RoleName{Workspace: "default", Name: "readers"}
	for want, bad := range map[error][]func(*store.Snapshot){
		store.ErrNotFound: {
			func(s *store.Snapshot) { s.Assignments = []store.NamedAssignment{{Username: "eve", Role: readers}} },
			func(s *store.Snapshot) { s.Assignments = []store.NamedAssignment{{Username: "robot"}} },
			func(s *store.Snapshot) {
				s.Credentials = []store.NamedCredential{{Username: "robot", Credential: token(0, "a", 9)}}
			},
			func(s *store.Snapshot) {
				s.Grants = []store.NamedGrant{{Holder: store.Holder{Role: readers}, Resource: experiment("1"), Permission: authz.Read}}
			},
		},
		store.ErrExists: {
			func(s *store.Snapshot) {
				s.Credentials = []store.NamedCredential{{Username: "eve", Credential: token(0, "a", 1)}}
			},
		},
		store.ErrInvalid: {
			func(s *store.Snapshot) { s.Users = append(s.Users, store.User{}) },
			func(s *store.Snapshot) { s.Roles = []store.Role{{Name: "a"}} },
			func(s *store.Snapshot) { s.Grants = []store.NamedGrant{{Holder: store.Holder{Username: "eve"}}} },
			func(s *store.Snapshot) { s.Credentials = []store.NamedCredential{{Username: "eve"}} },
		},
	} {
		for i, spoil := range bad {
			s := good
			s.Users = slices.Clone(good.Users)
			spoil(&s)
			wantErr(t, l.Import(ctx, s), want)
			equal(t, fmt.Sprint("the state after ", want, " ", i), export(t, l), before)
		}
	}
	check(t, l.Import(ctx, good))
}

func testImportGoverned(t *testing.T, l *ledger) {
	ctx := context.Background()
	_, err := l.CreateUser(ctx, store.User{Username: "root", Admin: true})
	check(t, err)
	wantErr(t, l.Import(ctx, store.Snapshot{DeleteUsers: []string{"root"}}), store.ErrLastAdmin)
	wantErr(t, l.Import(ctx, store.Snapshot{Users: []store.User{{Username: "root", Admin: true, Disabled: true}}}), store.ErrLastAdmin)
	check(t, l.Import(ctx, store.Snapshot{DeleteUsers: []string{"root"}, Users: []store.User{{Username: "boss", Admin: true}}}))
}

func testDigest(t *testing.T, l *ledger) {
	ctx := context.Background()
	empty := digest(t, l)
	furnish(t, l)
	seen := map[string]string{empty: "nothing"}
	changed := func(what string, err error) {
		t.Helper()
		check(t, err)
		d := digest(t, l)
		if before, ok := seen[d]; ok || len(d) != 64 {
			t.Errorf("after %s the digest is that of %s", what, before)
		}
		seen[d] = what
	}
	same := func(what string, err error) {
		t.Helper()
		check(t, err)
		if d := digest(t, l); seen[d] == "" {
			t.Errorf("after %s the digest is another", what)
		}
	}
	changed("furnishing", nil)
	_, err := l.UpdateUser(ctx, "a", func(u *store.User) error { u.CreatedAt = time.Now(); return nil })
	same("another time of creation", err)
	r, err := l.RoleByName(ctx, "default", "a")
	check(t, err)
	_, err = l.UpdateRole(ctx, r.ID, func(r *store.Role) error { r.Description, r.CreatedAt = "other", time.Now(); return nil })
	same("another description", err)
	robot, err := l.UserByName(ctx, "robot")
	check(t, err)
	c := all(t, l.Credentials(ctx, robot.ID))[0]
	same("a use", l.Touch(ctx, map[uint64]time.Time{c.ID: time.Now()}))
	same("a failed sign-in", l.AppendAudit(ctx, failure("a", time.Time{})))

	_, err = l.UpdateUser(ctx, "a", func(u *store.User) error { u.PasswordHash = "other"; return nil })
	changed("another password", err)
	_, err = l.UpdateUser(ctx, "a", func(u *store.User) error { u.Disabled = true; return nil })
	changed("disabling", err)
	_, err = l.RenameUser(ctx, "a/b", "a/c")
	changed("renaming", err)
	_, err = l.UpdateRole(ctx, r.ID, func(r *store.Role) error { r.Default = authz.Deny; return nil })
	changed("another default", err)
	check(t, l.DeleteCredential(ctx, robot.ID, c.ID))
	changed("deleting a credential", nil)
	c.Scope = &authz.Scope{ReadOnly: true}
	newCredential(t, l, c)
	changed("the same with a scope", nil)
	changed("losing a role", l.Unassign(ctx, robot.ID, r.ID))
	_, err = l.SetGrant(ctx, store.Grant{Holder: r.ID, Resource: experiment("new"), Permission: authz.Read})
	changed("a grant to a role", err)
	changed("no grant to a role", func() error {
		check(t, l.DeleteGrant(ctx, r.ID, experiment("new")))
		_, err := l.SetGrant(ctx, store.Grant{Holder: robot.ID, Resource: experiment("new"), Permission: authz.Read})
		return err
	}())
}
