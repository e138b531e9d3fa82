package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func grantCases() []conformance {
	return []conformance{
		{"PermissionIsOfExactlyThisUserAndResource", testPermissionExact},
		{"NamesInKeysDoNotCollide", testNoCollisions},
		{"EveryPermissionIsReadBack", testPermissions},
		{"CreateUpdateDeleteGrantErrors", testGrantErrors},
		{"AnInvalidGrantIsRefused", testInvalidGrant},
		{"GrantsAreOrdered", testGrantsOrdered},
		{"LongListsAreWhole", testLongLists},
		{"AGrantIsHeldByAUserOrARole", testHolders},
		{"AGrantKeepsItsIDThroughUpdatesAndMoves", testGrantIDs},
		{"SetGrantOfTheSamePermissionIsNoWrite", testSetGrant},
	}
}

func grant(t tester, l *ledger, id uint64, r authz.Resource, p authz.Permission) {
	t.Helper()
	check(t, l.CreateGrant(context.Background(), store.Grant{Holder: id, Resource: r, Permission: p}))
}

func wantPermission(t tester, l *ledger, id uint64, r authz.Resource, want authz.Permission) {
	t.Helper()
	got, err := l.Permission(context.Background(), id, r)
	check(t, err)
	if got != want {
		t.Errorf("permission of user %d on %v is %v, want %v", id, r, got, want)
	}
}

func testPermissionExact(t *testing.T, l *ledger) {
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	r := authz.Resource{Kind: authz.Experiment, Workspace: "team", ID: "10"}
	grant(t, l, ann, r, authz.Edit)
	wantPermission(t, l, ann, r, authz.Edit)
	wantPermission(t, l, bob, r, authz.NoGrant)
	wantPermission(t, l, 0, r, authz.NoGrant)
	wantPermission(t, l, ^uint64(0), r, authz.NoGrant)
	for _, other := range []authz.Resource{
		{},
		{Kind: authz.Experiment, Workspace: "team"},
		{Kind: authz.Experiment, Workspace: "team", ID: "1"},
		{Kind: authz.Experiment, Workspace: "team", ID: "100"},
		{Kind: authz.Experiment, Workspace: "team", ID: authz.AnyID},
		{Kind: authz.Experiment, Workspace: "tea", ID: "m10"},
		{Kind: authz.RegisteredModel, Workspace: "team", ID: "10"},
		experiment("10"),
	} {
		wantPermission(t, l, ann, other, authz.NoGrant)
	}
}

func testNoCollisions(t *testing.T, l *ledger) {
	ann := newUser(t, l, "ann").ID
	names := oddNames()
	at := func(i, j int) authz.Resource {
		return authz.Resource{Kind: authz.RegisteredModel, Workspace: names[i], ID: names[j]}
	}
	level := func(i, j int) authz.Permission { return authz.Deny + authz.Permission((i*7+j)%int(authz.Manage)) }
	for i := range names {
		for j := range names {
			wantPermission(t, l, ann, at(i, j), authz.NoGrant)
			grant(t, l, ann, at(i, j), level(i, j))
		}
	}
	for i := range names {
		for j := range names {
			wantPermission(t, l, ann, at(i, j), level(i, j))
			equal(t, "number of grants on it", len(all(t, l.GrantsOn(context.Background(), at(i, j)))), 1)
		}
	}
}

func testPermissions(t *testing.T, l *ledger) {
	ann := newUser(t, l, "ann").ID
	for p := authz.Deny; p <= authz.Manage; p++ {
		grant(t, l, ann, experiment(p.String()), p)
		wantPermission(t, l, ann, experiment(p.String()), p)
		g := store.Grant{Holder: ann, Resource: experiment(p.String()), Permission: authz.NoPermissions}
		check(t, l.UpdateGrant(context.Background(), g))
		wantPermission(t, l, ann, g.Resource, authz.NoPermissions)
		g.ID = grantAt(t, l, ann, g.Resource).ID
		equal(t, "GrantsOn", all(t, l.GrantsOn(context.Background(), g.Resource)), []store.Grant{g})
	}
}

func testGrantErrors(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann").ID
	g := store.Grant{Holder: ann, Resource: experiment("1"), Permission: authz.Read}
	wantErr(t, l.UpdateGrant(ctx, g), store.ErrNotFound)
	wantErr(t, l.DeleteGrant(ctx, ann, g.Resource), store.ErrNotFound)
	check(t, l.CreateGrant(ctx, g))
	wantErr(t, l.CreateGrant(ctx, store.Grant{Holder: ann, Resource: g.Resource, Permission: authz.Manage}), store.ErrExists)
	wantPermission(t, l, ann, g.Resource, authz.Read)
	wantErr(t, l.CreateGrant(ctx, store.Grant{Holder: ann + 1, Resource: g.Resource, Permission: authz.Read}), store.ErrNotFound)
	check(t, l.DeleteGrant(ctx, ann, g.Resource))
	wantPermission(t, l, ann, g.Resource, authz.NoGrant)
	wantErr(t, l.DeleteGrant(ctx, ann, g.Resource), store.ErrNotFound)
}

func testInvalidGrant(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann").ID
	long := strings.Repeat("x", store.MaxName+1)
	for _, g := range []store.Grant{
		{Resource: experiment("1")},
		{Resource: experiment("1"), Permission: authz.Manage + 1},
		{Permission: authz.Read},
		{Resource: experiment(""), Permission: authz.Read},
		{Resource: experiment(long), Permission: authz.Read},
		{Resource: authz.Resource{Kind: authz.Experiment, ID: "1"}, Permission: authz.Read},
	} {
		g.Holder = ann
		wantErr(t, l.CreateGrant(ctx, g), store.ErrInvalid)
		wantErr(t, l.UpdateGrant(ctx, g), store.ErrInvalid)
	}
	grant(t, l, ann, authz.Resource{Kind: authz.Kind(long[1:]), Workspace: long[1:], ID: long[1:]}, authz.Read)
}

func testGrantsOrdered(t *testing.T, l *ledger) {
	ann := newUser(t, l, "ann").ID
	var want []authz.Resource
	for _, kind := range []authz.Kind{"run", "experiment", "z", "registered_model"} {
		for _, id := range []string{"b", "aa", "a", "a\x00", "\xff", "10", "9"} {
			want = append(want, authz.Resource{Kind: kind, Workspace: id, ID: "x"}, authz.Resource{Kind: kind, Workspace: "w", ID: id})
		}
	}
	for _, r := range want {
		grant(t, l, ann, r, authz.Read)
	}
	before := resources(all(t, l.GrantsOf(context.Background(), ann)))
	one := authz.Resource{Kind: "experiment", Workspace: "w", ID: "another"}
	grant(t, l, ann, one, authz.Read)
	after := slices.DeleteFunc(resources(all(t, l.GrantsOf(context.Background(), ann))), func(r authz.Resource) bool { return r == one })
	equal(t, "the order of GrantsOf, after a write", after, before)
	byName := func(a, b authz.Resource) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(want, byName)
	slices.SortFunc(before, byName)
	equal(t, "GrantsOf", before, want)
}

func resources(grants []store.Grant) (rs []authz.Resource) {
	for _, g := range grants {
		rs = append(rs, g.Resource)
	}
	return rs
}

// testLongLists is about whatever portions a backend reads its lists in.
func testLongLists(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	for i := range 1001 {
		grant(t, l, ann, experiment(fmt.Sprint(i)), authz.Read)
	}
	grant(t, l, bob, experiment("5"), authz.Read)
	equal(t, "number of grants", len(all(t, l.GrantsOf(ctx, ann))), 1001)
	for g, err := range l.GrantsOf(ctx, ann) { // writing while reading must not wait for itself
		check(t, err)
		check(t, l.DeleteGrant(ctx, ann, g.Resource))
	}
	equal(t, "number of grants left", len(all(t, l.GrantsOf(ctx, ann))), 0)
	equal(t, "number of the other user's grants", len(all(t, l.GrantsOf(ctx, bob))), 1)
}

func grantAt(t tester, l *ledger, holder uint64, r authz.Resource) store.Grant {
	t.Helper()
	g, err := l.GrantAt(context.Background(), holder, r)
	check(t, err)
	return g
}

func testHolders(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann").ID, newRole(t, l, "readers").ID
	for i, holder := range []uint64{r, ann} {
		grant(t, l, holder, experiment("1"), authz.Read+authz.Permission(i))
	}
	wantPermission(t, l, r, experiment("1"), authz.Read)
	wantPermission(t, l, ann, experiment("1"), authz.Use)
	var holders []uint64
	for _, g := range all(t, l.GrantsOn(ctx, experiment("1"))) {
		holders = append(holders, g.Holder)
	}
	equal(t, "holders in order", holders, []uint64{ann, r})
	wantErr(t, l.CreateGrant(ctx, store.Grant{Holder: r + 1, Resource: experiment("1"), Permission: authz.Read}), store.ErrNotFound)
	_, err := l.SetGrant(ctx, store.Grant{Holder: r + 1, Resource: experiment("1"), Permission: authz.Read})
	wantErr(t, err, store.ErrNotFound)
	_, err = l.GrantAt(ctx, r, experiment("2"))
	wantErr(t, err, store.ErrNotFound)
}

func testGrantIDs(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann").ID
	model := func(name string) authz.Resource { return authz.InDefault(authz.RegisteredModel, name) }
	grant(t, l, ann, model("a"), authz.Read)
	g := grantAt(t, l, ann, model("a"))
	if g.ID == 0 {
		t.Fatalf("a grant without an id")
	}
	g.Permission = authz.Edit
	check(t, l.UpdateGrant(ctx, store.Grant{ID: 99, Holder: ann, Resource: model("a"), Permission: authz.Edit})) // an ID given is ignored
	check(t, l.Move(ctx, model("a"), model("b")))
	g.Resource = model("b")
	equal(t, "the grant", grantAt(t, l, ann, model("b")), g)
	byID, err := l.GrantByID(ctx, g.ID)
	check(t, err)
	equal(t, "GrantByID", byID, g)
	check(t, l.DeleteGrant(ctx, ann, model("b")))
	grant(t, l, ann, model("b"), authz.Read)
	if again := grantAt(t, l, ann, model("b")); again.ID <= g.ID {
		t.Errorf("grant %d after %d", again.ID, g.ID)
	}
	for _, id := range []uint64{0, g.ID, 99, ^uint64(0)} {
		_, err := l.GrantByID(ctx, id)
		wantErr(t, err, store.ErrNotFound)
	}
}

func testSetGrant(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann").ID
	before := authz.NoGrant
	for _, p := range []authz.Permission{authz.Read, authz.Read, authz.Manage, authz.Deny, authz.Deny} {
		writes := l.writes.Load()
		was, err := l.SetGrant(ctx, store.Grant{Holder: ann, Resource: experiment("1"), Permission: p})
		check(t, err)
		equal(t, "what it was", was, before)
		equal(t, "a write", l.writes.Load() > writes, was != p)
		wantPermission(t, l, ann, experiment("1"), p)
		before = p
	}
	_, err := l.SetGrant(ctx, store.Grant{Holder: ann, Resource: experiment("1")})
	wantErr(t, err, store.ErrInvalid)
	equal(t, "the grants", len(all(t, l.GrantsOf(ctx, ann))), 1)
}
