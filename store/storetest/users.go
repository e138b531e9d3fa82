package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

func userCases() []conformance {
	return []conformance{
		{"AUserIsReadBackAsWritten", testUserRoundTrip},
		{"AUnknownUserIsNotFound", testUnknownUser},
		{"AUsernameIsUniqueByteForByte", testUsernameUnique},
		{"UsersAreOrderedByUsername", testUsersOrdered},
		{"UserIDsAreNeverReused", testUserIDs},
		{"UpdateUserAppliesTheChangeOnly", testUpdateUser},
		{"UpdateUserReturnsTheErrorOfTheChange", testUpdateUserError},
		{"DeleteUserDeletesTheGrants", testDeleteUser},
		{"TheLastAdminStays", testLastAdmin},
		{"TheLastAdminWhoCanSignInStays", testLastWhoGoverns},
		{"AServiceAccountHasNoPassword", testServiceAccount},
		{"RenameUserKeepsIDGrantsRolesAndCredentials", testRenameUser},
		{"RenameUserErrors", testRenameErrors},
		{"AnInvalidUserIsRefused", testInvalidUser},
		{"ACancelledContextWritesNothing", testCancelled},
	}
}

// oddNames are what keys and encodings trip over.
func oddNames() []string {
	return []string{
		"a", "A", "a\x00", "a\x00b", "\x00", "\x00\x01", "\x00\xff", "\xff\xfe", strings.Repeat("\xff", 9), "a/b", "a b", "ä", "a\u0308", "*", "1", "01", "'\"\\\n",
		strings.Repeat("n", 1024), strings.Repeat("\x00", 1024),
	}
}

func newUser(t tester, l *ledger, name string) store.User {
	t.Helper()
	u, err := l.CreateUser(context.Background(), store.User{Username: name})
	check(t, err)
	return u
}

func testUserRoundTrip(t *testing.T, l *ledger) {
	ctx := context.Background()
	zone := time.FixedZone("east", 3600)
	for i, name := range oddNames() {
		u := store.User{Username: name, PasswordHash: "$argon2id$" + name, Admin: i%2 == 0, MustChangePassword: i%3 == 0, Disabled: i%5 == 0}
		if i%4 == 3 {
			u.PasswordHash, u.ServiceAccount = "", true
		}
		if i > 0 {
			u.CreatedAt = time.Date(2026, 1, 2, 3, 4, 5, i, zone)
		}
		created, err := l.CreateUser(ctx, u)
		check(t, err)
		u.ID, u.CreatedAt = created.ID, u.CreatedAt.UTC()
		equal(t, "what CreateUser returns", created, u)
		read, err := l.UserByName(ctx, name)
		check(t, err)
		equal(t, "what UserByName returns", read, u)
		read, err = l.UserByID(ctx, u.ID)
		check(t, err)
		equal(t, "what UserByID returns", read, u)
	}
}

func testUnknownUser(t *testing.T, l *ledger) {
	ctx := context.Background()
	newUser(t, l, "ann")
	for _, name := range []string{"", "an", "anna", "Ann", "ann\x00"} {
		_, err := l.UserByName(ctx, name)
		wantErr(t, err, store.ErrNotFound)
		_, err = l.UpdateUser(ctx, name, func(*store.User) error { t.Error("change was called"); return nil })
		wantErr(t, err, store.ErrNotFound)
		wantErr(t, l.DeleteUser(ctx, name), store.ErrNotFound)
	}
}

func testUsernameUnique(t *testing.T, l *ledger) {
	newUser(t, l, "ann")
	newUser(t, l, "Ann") // folding is the API's concern
	_, err := l.CreateUser(context.Background(), store.User{Username: "ann", Admin: true})
	wantErr(t, err, store.ErrExists)
}

func testUsersOrdered(t *testing.T, l *ledger) {
	var want, got []string
	for _, name := range append(oddNames(), "zz", "bb", "b") {
		newUser(t, l, name)
		want = append(want, name)
	}
	slices.Sort(want)
	for _, u := range all(t, l.Users(context.Background())) {
		got = append(got, u.Username)
	}
	equal(t, "the usernames", got, want)
	for range l.Users(context.Background()) {
		break // stopping early is allowed
	}
}

func testUserIDs(t *testing.T, l *ledger) {
	last := uint64(0)
	for i := range 5 {
		name := fmt.Sprint("user", i%2)
		u := newUser(t, l, name)
		if u.ID <= last {
			t.Errorf("id %d after %d", u.ID, last)
		}
		last = u.ID
		check(t, l.DeleteUser(context.Background(), name))
	}
}

func testUpdateUser(t *testing.T, l *ledger) {
	ctx := context.Background()
	u := newUser(t, l, "ann")
	updated, err := l.UpdateUser(ctx, "ann", func(u *store.User) error {
		u.ID, u.Username = 99, "eve"
		u.PasswordHash, u.Admin, u.MustChangePassword = "hash", true, true
		return nil
	})
	check(t, err)
	u.PasswordHash, u.Admin, u.MustChangePassword = "hash", true, true
	equal(t, "what UpdateUser returns", updated, u)
	read, err := l.UserByName(ctx, "ann")
	check(t, err)
	equal(t, "what UserByName returns", read, u)
	_, err = l.UserByName(ctx, "eve")
	wantErr(t, err, store.ErrNotFound)
}

func testUpdateUserError(t *testing.T, l *ledger) {
	ctx := context.Background()
	u := newUser(t, l, "ann")
	refused := errors.New("refused")
	_, err := l.UpdateUser(ctx, "ann", func(u *store.User) error { u.Admin = true; return refused })
	if err != refused {
		t.Errorf("error is %v, want the change's own", err)
	}
	read, err := l.UserByName(ctx, "ann")
	check(t, err)
	equal(t, "the user", read, u)
}

func testDeleteUser(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann"), newUser(t, l, "bob")
	for i := range 50 {
		r := experiment(fmt.Sprint(i))
		check(t, l.CreateGrant(ctx, store.Grant{Holder: ann.ID, Resource: r, Permission: authz.Read}))
		check(t, l.CreateGrant(ctx, store.Grant{Holder: bob.ID, Resource: r, Permission: authz.Edit}))
	}
	check(t, l.DeleteUser(ctx, "ann"))
	again := newUser(t, l, "ann")
	for _, id := range []uint64{ann.ID, again.ID} {
		equal(t, "number of grants left", len(all(t, l.GrantsOf(ctx, id))), 0)
		p, err := l.Permission(ctx, id, experiment("7"))
		check(t, err)
		equal(t, "permission", p, authz.NoGrant)
	}
	equal(t, "grants of the other user", len(all(t, l.GrantsOf(ctx, bob.ID))), 50)
	wantErr(t, l.CreateGrant(ctx, store.Grant{Holder: ann.ID, Resource: experiment("1"), Permission: authz.Read}), store.ErrNotFound)
}

func testLastAdmin(t *testing.T, l *ledger) {
	ctx := context.Background()
	demote := func(u *store.User) error { u.Admin = false; return nil }
	for _, name := range []string{"root", "boss"} {
		_, err := l.CreateUser(ctx, store.User{Username: name, Admin: true})
		check(t, err)
	}
	newUser(t, l, "ann")
	check(t, l.DeleteUser(ctx, "boss"))
	wantErr(t, l.DeleteUser(ctx, "root"), store.ErrLastAdmin)
	_, err := l.UpdateUser(ctx, "root", demote)
	wantErr(t, err, store.ErrLastAdmin)
	_, err = l.UpdateUser(ctx, "root", func(u *store.User) error { u.PasswordHash = "new"; return nil })
	check(t, err)
	_, err = l.UpdateUser(ctx, "ann", func(u *store.User) error { u.Admin = true; return nil })
	check(t, err)
	_, err = l.UpdateUser(ctx, "root", demote)
	check(t, err)
	wantErr(t, l.DeleteUser(ctx, "ann"), store.ErrLastAdmin)
}

func testInvalidUser(t *testing.T, l *ledger) {
	ctx := context.Background()
	long := strings.Repeat("x", store.MaxName+1)
	for _, u := range []store.User{{}, {Username: long}, {Username: "ann", PasswordHash: long}} {
		_, err := l.CreateUser(ctx, u)
		wantErr(t, err, store.ErrInvalid)
	}
	newUser(t, l, "ann")
	_, err := l.UpdateUser(ctx, "ann", func(u *store.User) error { u.PasswordHash = long; return nil })
	wantErr(t, err, store.ErrInvalid)
	newUser(t, l, long[1:])
}

func testCancelled(t *testing.T, l *ledger) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := l.CreateUser(ctx, store.User{Username: "ann"})
	wantErr(t, err, context.Canceled)
	_, err = l.UserByName(ctx, "ann")
	wantErr(t, err, context.Canceled)
	_, err = l.Permission(ctx, 1, experiment("1"))
	wantErr(t, err, context.Canceled)
	for _, err := range l.Users(ctx) {
		wantErr(t, err, context.Canceled)
	}
}

func testLastWhoGoverns(t *testing.T, l *ledger) {
	ctx := context.Background()
	set := func(name string, change func(*store.User)) error {
		_, err := l.UpdateUser(ctx, name, func(u *store.User) error { change(u); return nil })
		return err
	}
	for _, u := range []store.User{
		{Username: "root", Admin: true}, {Username: "robot", Admin: true, ServiceAccount: true}, {Username: "gone", Admin: true, Disabled: true},
	} {
		_, err := l.CreateUser(ctx, u)
		check(t, err)
	}
	wantErr(t, l.DeleteUser(ctx, "root"), store.ErrLastAdmin)
	wantErr(t, set("root", func(u *store.User) { u.Admin = false }), store.ErrLastAdmin)
	wantErr(t, set("root", func(u *store.User) { u.Disabled = true }), store.ErrLastAdmin)
	wantErr(t, set("root", func(u *store.User) { u.ServiceAccount = true }), store.ErrLastAdmin)
	check(t, set("gone", func(u *store.User) { u.Disabled = false }))
	check(t, set("root", func(u *store.User) { u.Disabled = true }))
	wantErr(t, set("gone", func(u *store.User) { u.Disabled = true }), store.ErrLastAdmin)
	check(t, l.DeleteUser(ctx, "robot"))
	check(t, l.DeleteUser(ctx, "root"))
}

func testServiceAccount(t *testing.T, l *ledger) {
	ctx := context.Background()
	_, err := l.CreateUser(ctx, store.User{Username: "robot", ServiceAccount: true, PasswordHash: "hash"})
	wantErr(t, err, store.ErrInvalid)
	_, err = l.CreateUser(ctx, store.User{Username: "robot", ServiceAccount: true})
	check(t, err)
	_, err = l.UpdateUser(ctx, "robot", func(u *store.User) error { u.PasswordHash = "hash"; return nil })
	wantErr(t, err, store.ErrInvalid)
	_, err = l.CreateUser(ctx, store.User{Username: "ann", PasswordHash: "hash"})
	check(t, err)
	_, err = l.UpdateUser(ctx, "ann", func(u *store.User) error { u.ServiceAccount = true; return nil })
	wantErr(t, err, store.ErrInvalid)
}

func testRenameUser(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann"), newRole(t, l, "readers")
	grant(t, l, ann.ID, experiment("1"), authz.Read)
	assign(t, l, ann.ID, r.ID)
	c := newCredential(t, l, token(ann.ID, "laptop", 1))
	renamed, err := l.RenameUser(ctx, "ann", "eve")
	check(t, err)
	ann.Username = "eve"
	equal(t, "what RenameUser returns", renamed, ann)
	want := store.Account{User: ann, Roles: []store.Role{r}}
	byName, err := l.AccountByName(ctx, "eve")
	check(t, err)
	byKey, read, err := l.AccountByKey(ctx, c.Kind, c.Key)
	check(t, err)
	equal(t, "the account", []store.Account{byName, byKey}, []store.Account{want, want})
	equal(t, "the credential", read, c)
	wantPermission(t, l, ann.ID, experiment("1"), authz.Read)
	_, err = l.AccountByName(ctx, "ann")
	wantErr(t, err, store.ErrNotFound)
	again := newUser(t, l, "ann") // the name is free, and inherits nothing
	equal(t, "grants of the old name", len(all(t, l.GrantsOf(ctx, again.ID))), 0)
}

func testRenameErrors(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann")
	newUser(t, l, "bob")
	for _, c := range []struct {
		from, to string
		want     error
	}{
		{"ann", "bob", store.ErrExists},
		{"eve", "joe", store.ErrNotFound},
		{"eve", "eve", store.ErrNotFound},
		{"ann", "", store.ErrInvalid},
		{"ann", strings.Repeat("x", store.MaxName+1), store.ErrInvalid},
	} {
		_, err := l.RenameUser(ctx, c.from, c.to)
		wantErr(t, err, c.want)
	}
	same, err := l.RenameUser(ctx, "ann", "ann")
	check(t, err)
	equal(t, "renamed to the same name", same, ann)
}
