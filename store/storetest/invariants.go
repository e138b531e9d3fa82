package storetest

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
	"extauthz/store"
)

// tester is what both testing.TB and rapid.TB are.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func check(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func wantErr(t tester, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

func equal(t tester, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func all[T any](t tester, seq iter.Seq2[T, error]) (items []T) {
	t.Helper()
	for item, err := range seq {
		check(t, err)
		items = append(items, item)
	}
	return items
}

// checkInvariants holds after any history.
func (l *ledger) checkInvariants(t tester) {
	ctx := context.Background()
	l.checkGrants(t, l.checkAccounts(t))
	l.checkCredentials(t)
	revision, err := l.Revision(ctx)
	check(t, err)
	equal(t, "revision, counted in successful writes", revision-l.start, l.writes.Load())
	equal(t, "audit records", l.onRecord(ctx), int64(l.writes.Load())+l.records.Load())
}

// checkAccounts returns the ids of all users and roles.
func (l *ledger) checkAccounts(t tester) (holders []uint64) {
	ctx := context.Background()
	byUser, byRole, roles := map[store.Assignment]bool{}, map[store.Assignment]bool{}, map[uint64]store.Role{}
	for _, r := range all(t, l.Roles(ctx)) {
		byID, err := l.RoleByID(ctx, r.ID)
		check(t, err)
		byName, err := l.RoleByName(ctx, r.Workspace, r.Name)
		check(t, err)
		equal(t, "a role by id and by name", []store.Role{byID, byName}, []store.Role{r, r})
		for _, a := range all(t, l.Members(ctx, r.ID)) {
			byRole[a] = true
		}
		roles[r.ID] = r
		holders = append(holders, r.ID)
	}
	for _, u := range all(t, l.Users(ctx)) {
		want := store.Account{User: u}
		for _, a := range all(t, l.AssignmentsOf(ctx, u.ID)) {
			byUser[a] = true
			want.Roles = append(want.Roles, roles[a.RoleID])
		}
		byName, err := l.AccountByName(ctx, u.Username)
		check(t, err)
		byID, err := l.AccountByID(ctx, u.ID)
		check(t, err)
		equal(t, "an account by name and by id", []store.Account{byName, byID}, []store.Account{want, want})
		holders = append(holders, u.ID)
	}
	equal(t, "Members and AssignmentsOf", byRole, byUser)
	return holders
}

func (l *ledger) checkGrants(t tester, holders []uint64) {
	ctx := context.Background()
	byHolder, ids := map[store.Grant]bool{}, map[uint64]bool{}
	resources := map[authz.Resource]bool{}
	for _, holder := range holders {
		for _, g := range all(t, l.GrantsOf(ctx, holder)) {
			byHolder[g], resources[g.Resource], ids[g.ID] = true, true, true
			p, err := l.Permission(ctx, g.Holder, g.Resource)
			check(t, err)
			equal(t, "Permission and GrantsOf", p, g.Permission)
			numbered, err := l.GrantByID(ctx, g.ID)
			check(t, err)
			equal(t, "GrantByID and GrantsOf", numbered, g)
		}
	}
	byResource := map[store.Grant]bool{}
	for r := range resources {
		on := all(t, l.GrantsOn(ctx, r))
		for _, g := range on {
			byResource[g] = true
		}
		if !slices.IsSortedFunc(on, func(a, b store.Grant) int { return int(a.Holder) - int(b.Holder) }) {
			t.Errorf("GrantsOn(%v) is not ordered by holder", r)
		}
	}
	equal(t, "GrantsOn and GrantsOf", byResource, byHolder)
	equal(t, "ids of grants", len(ids), len(byHolder))
}

func (l *ledger) checkCredentials(t tester) {
	ctx := context.Background()
	for _, u := range all(t, l.Users(ctx)) {
		for _, c := range all(t, l.Credentials(ctx, u.ID)) {
			equal(t, "the credential's user", c.UserID, u.ID)
			byKey, err := l.CredentialByKey(ctx, c.Kind, c.Key)
			check(t, err)
			equal(t, "CredentialByKey and Credentials", byKey, c)
			a, read, err := l.AccountByKey(ctx, c.Kind, c.Key)
			check(t, err)
			read.LastUsedAt = c.LastUsedAt // need not be current
			equal(t, "AccountByKey and Credentials", read, c)
			equal(t, "the user of AccountByKey", a.User, u)
		}
	}
}
