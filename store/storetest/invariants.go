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
	byUser := map[store.Grant]bool{}
	resources := map[authz.Resource]bool{}
	for _, u := range all(t, l.Users(ctx)) {
		for _, g := range all(t, l.GrantsOf(ctx, u.ID)) {
			byUser[g], resources[g.Resource] = true, true
			p, err := l.Permission(ctx, g.Holder, g.Resource)
			check(t, err)
			equal(t, "Permission and GrantsOf", p, g.Permission)
		}
	}
	byResource := map[store.Grant]bool{}
	for r := range resources {
		on := all(t, l.GrantsOn(ctx, r))
		for _, g := range on {
			byResource[g] = true
		}
		if !slices.IsSortedFunc(on, func(a, b store.Grant) int { return int(a.Holder) - int(b.Holder) }) {
			t.Errorf("GrantsOn(%v) is not ordered by user id", r)
		}
	}
	equal(t, "GrantsOn and GrantsOf", byResource, byUser)
	revision, err := l.Revision(ctx)
	check(t, err)
	equal(t, "revision, counted in successful writes", revision-l.start, l.writes.Load())
}
