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
	equal(t, "grants on it", all(t, l.GrantsOn(ctx, r)), []store.Grant{{UserID: bob, Resource: r, Permission: authz.Manage}})
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
	equal(t, "grants on the new name", all(t, l.GrantsOn(ctx, to)), []store.Grant{
		{UserID: ann, Resource: to, Permission: authz.Manage}, {UserID: bob, Resource: to, Permission: authz.NoPermissions},
	})
	check(t, l.Move(ctx, from, to)) // nothing on from: what was granted on to is still replaced
	equal(t, "grants on the new name", len(all(t, l.GrantsOn(ctx, to))), 0)
}

func testMoveNothing(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann").ID, experiment("1")
	grant(t, l, ann, r, authz.Edit)
	check(t, l.Move(ctx, r, r))
	check(t, l.Move(ctx, experiment("2"), experiment("3")))
	wantPermission(t, l, ann, r, authz.Edit)
	wantErr(t, l.Move(ctx, r, authz.Resource{}), store.ErrInvalid)
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
