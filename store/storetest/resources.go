package storetest

import (
	"context"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func resourceCases() []conformance {
	return []conformance{
		{"OwnClearsWhatWasGrantedBefore", testOwn},
		{"OwnByAnUnknownUserChangesNothing", testOwnUnknown},
		{"MoveCarriesTheGrantsAlong", testMove},
		{"MoveToItselfOrOfNothingIsNoWrite", testMoveNothing},
		{"ForgetDeletesAllGrantsOnIt", testForget},
		{"NamesakesGoTheSameWay", testNamesakes},
		{"ForgetWorkspaceDeletesAllGrantsInIt", testForgetWorkspace},
	}
}

func testOwn(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob, r := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID, experiment("1")
	grant(t, l, ann, r, authz.Manage)
	grant(t, l, bob, r, authz.NoPermissions)
	grant(t, l, ann, experiment("10"), authz.Read)
	check(t, l.Own(ctx, r, bob))
	wantPermission(t, l, ann, r, authz.NoGrant)
	wantPermission(t, l, bob, r, authz.Manage)
	wantPermission(t, l, ann, experiment("10"), authz.Read)
	check(t, l.Own(ctx, r, bob))
	equal(t, "grants on it", unnumbered(all(t, l.GrantsOn(ctx, r))), []store.Grant{{Holder: bob, Resource: r, Permission: authz.Manage}})
}

func testOwnUnknown(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann").ID, experiment("1")
	grant(t, l, ann, r, authz.Read)
	wantErr(t, l.Own(ctx, r, ann+1), store.ErrNotFound)
	wantErr(t, l.Own(ctx, authz.Resource{}, ann), store.ErrInvalid)
	wantErr(t, l.Own(ctx, authz.InDefault(authz.Experiment, authz.AnyID), ann), store.ErrInvalid)
	wantErr(t, l.Move(ctx, authz.InDefault(authz.Experiment, "1"), authz.InDefault(authz.Experiment, authz.AnyID)), store.ErrInvalid)
	wantPermission(t, l, ann, r, authz.Read)
}

func testMove(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob, eve := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID, newUser(t, l, "eve").ID
	from, to := authz.InDefault(authz.RegisteredModel, "old"), authz.InDefault(authz.RegisteredModel, "new")
	grant(t, l, ann, from, authz.Manage)
	grant(t, l, bob, from, authz.NoPermissions)
	grant(t, l, bob, to, authz.Manage)
	grant(t, l, eve, to, authz.Manage)
	check(t, l.Move(ctx, from, to))
	equal(t, "grants on the old name", len(all(t, l.GrantsOn(ctx, from))), 0)
	equal(t, "grants on the new name", unnumbered(all(t, l.GrantsOn(ctx, to))), []store.Grant{
		{Holder: ann, Resource: to, Permission: authz.Manage}, {Holder: bob, Resource: to, Permission: authz.NoPermissions},
	})
	check(t, l.Move(ctx, from, to)) // nothing on from: what was granted on to is still replaced
	equal(t, "grants on the new name", len(unnumbered(all(t, l.GrantsOn(ctx, to)))), 0)
}

func testMoveNothing(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann").ID, experiment("1")
	grant(t, l, ann, r, authz.Edit)
	check(t, l.Move(ctx, r, r))
	check(t, l.Move(ctx, experiment("2"), experiment("3")))
	wantPermission(t, l, ann, r, authz.Edit)
	wantErr(t, l.Move(ctx, r, authz.Resource{}), store.ErrInvalid)
	wantErr(t, l.Move(ctx, r, authz.InDefault(authz.RegisteredModel, "1")), store.ErrInvalid)
	wantPermission(t, l, ann, r, authz.Edit)
}

func testForget(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	grant(t, l, ann, experiment("1"), authz.Read)
	grant(t, l, bob, experiment("1"), authz.Deny)
	grant(t, l, bob, experiment("11"), authz.Deny)
	check(t, l.Forget(ctx, experiment("1")))
	check(t, l.Forget(ctx, experiment("1")))
	check(t, l.Forget(ctx, authz.Resource{}))
	wantPermission(t, l, ann, experiment("1"), authz.NoGrant)
	wantPermission(t, l, bob, experiment("1"), authz.NoGrant)
	wantPermission(t, l, bob, experiment("11"), authz.Deny)
}

// testNamesakes: what was granted on a model must not be found again on the prompt that is called so next, nor the other way round.
func testNamesakes(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, bob := newUser(t, l, "ann").ID, newUser(t, l, "bob").ID
	model := func(name string) authz.Resource { return authz.InDefault(authz.RegisteredModel, name) }
	prompt := func(name string) authz.Resource { return authz.InDefault(authz.Prompt, name) }
	grant(t, l, ann, model("a"), authz.Manage)
	grant(t, l, bob, prompt("a"), authz.Deny)
	grant(t, l, bob, prompt("b"), authz.Manage)
	check(t, l.Move(ctx, model("a"), model("b")))
	wantPermission(t, l, ann, model("b"), authz.Manage)
	wantPermission(t, l, bob, prompt("b"), authz.Deny)
	wantPermission(t, l, bob, prompt("a"), authz.NoGrant)
	check(t, l.Own(ctx, prompt("b"), bob))
	wantPermission(t, l, ann, model("b"), authz.NoGrant)
	wantPermission(t, l, bob, prompt("b"), authz.Manage)
	grant(t, l, bob, authz.InDefault(authz.Scorer, "b"), authz.Read)
	check(t, l.Forget(ctx, model("b")))
	wantPermission(t, l, bob, prompt("b"), authz.NoGrant)
	wantPermission(t, l, bob, authz.InDefault(authz.Scorer, "b"), authz.Read)
}

func testForgetWorkspace(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann := newUser(t, l, "ann").ID
	inside := []authz.Resource{
		authz.WorkspaceNamed("team"),
		{Kind: authz.Experiment, Workspace: "team", ID: "1"},
		{Kind: authz.Run, Workspace: "team", ID: authz.AnyID},
		{Kind: authz.Prompt, Workspace: "team", ID: "p"},
	}
	outside := []authz.Resource{
		experiment("1"), authz.WorkspaceNamed("default"), authz.WorkspaceNamed("tea"), authz.WorkspaceNamed("team2"),
		{Kind: authz.Experiment, Workspace: "team2", ID: "team"},
	}
	for _, r := range append(inside, outside...) {
		grant(t, l, ann, r, authz.Manage)
	}
	check(t, l.ForgetWorkspace(ctx, "team"))
	for _, r := range inside {
		wantPermission(t, l, ann, r, authz.NoGrant)
	}
	for _, r := range outside {
		wantPermission(t, l, ann, r, authz.Manage)
	}
	check(t, l.ForgetWorkspace(ctx, "team"))
	check(t, l.ForgetWorkspace(ctx, ""))
}

func unnumbered(grants []store.Grant) []store.Grant {
	for i := range grants {
		grants[i].ID = 0
	}
	return grants
}
