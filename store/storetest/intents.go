package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

func intentCases() []conformance {
	return []conformance{
		{"IntentsAreReadBackOldestFirst", testIntents},
		{"AnIntentIsReplacedByItsID", testIntentReplaced},
		{"ADeletedIntentIsGone", testIntentDeleted},
	}
}

func testIntents(t *testing.T, l *ledger) {
	ctx := context.Background()
	at := time.Date(2026, 5, 6, 7, 8, 9, 10, time.UTC)
	var want []store.Intent
	for i, name := range oddNames() {
		want = append(want, store.Intent{
			ID: name, Kind: store.IntentRename, UserID: uint64(i), Resource: authz.Resource{Kind: authz.RegisteredModel, Workspace: name, ID: name},
			Name: name, NotBefore: at.Add(-time.Second), At: at.Add(time.Duration(i)),
		})
	}
	for i := range want {
		check(t, l.PutIntent(ctx, want[len(want)-1-i]))
	}
	got, err := l.Intents(ctx)
	check(t, err)
	equal(t, "the intents", got, want)
	wantErr(t, l.PutIntent(ctx, store.Intent{Kind: store.IntentCreate}), store.ErrInvalid)
}

func testIntentReplaced(t *testing.T, l *ledger) {
	ctx := context.Background()
	check(t, l.PutIntent(ctx, store.Intent{ID: "1", Kind: store.IntentCreate}))
	check(t, l.PutIntent(ctx, store.Intent{ID: "1", Kind: store.IntentDelete}))
	got, err := l.Intents(ctx)
	check(t, err)
	equal(t, "the intents", got, []store.Intent{{ID: "1", Kind: store.IntentDelete}})
}

func testIntentDeleted(t *testing.T, l *ledger) {
	ctx := context.Background()
	for i := range 20_000 { // enough for a backend to tidy up on the way
		id := fmt.Sprint(i)
		check(t, l.PutIntent(ctx, store.Intent{ID: id, Kind: store.IntentCreate, Name: "experiment " + id}))
		if i != 7 {
			check(t, l.DeleteIntent(ctx, id))
		}
	}
	check(t, l.DeleteIntent(ctx, "unknown"))
	got, err := l.Intents(ctx)
	check(t, err)
	equal(t, "the intents", got, []store.Intent{{ID: "7", Kind: store.IntentCreate, Name: "experiment 7"}})
}
