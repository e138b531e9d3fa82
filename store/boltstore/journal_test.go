package boltstore

import (
	"context"
	"fmt"
	"os"
	"testing"

	"extauthz/store"
)

func TestATornLastLineIsForgotten(t *testing.T) {
	ctx := context.Background()
	path := closedStore(t)
	s, err := Open(path, Options{})
	check(t, err)
	for i := range 3 {
		check(t, s.PutIntent(ctx, store.Intent{ID: fmt.Sprint(i)}))
	}
	verifyAndClose(t, s)
	whole, err := os.ReadFile(path + journalSuffix)
	check(t, err)
	line := len(whole) / 3
	for cut := 1; cut <= line; cut++ {
		check(t, os.WriteFile(path+journalSuffix, whole[:len(whole)-cut], 0o600))
		j, err := openJournal(path + journalSuffix)
		check(t, err)
		if len(j.live) != 2 {
			t.Errorf("%d bytes cut: %d intents", cut, len(j.live))
		}
		check(t, j.close())
	}
	check(t, os.WriteFile(path+journalSuffix, append([]byte("garbage\n"), whole...), 0o600))
	_, err = Open(path, Options{})
	wantRefusal(t, err, store.ErrCorrupt, "line 1")
}

func TestTheJournalIsCompacted(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{noSync: true})
	check(t, s.PutIntent(ctx, store.Intent{ID: "kept"}))
	for i := range 30_000 {
		check(t, s.PutIntent(ctx, store.Intent{ID: fmt.Sprint(i)}))
		check(t, s.DeleteIntent(ctx, fmt.Sprint(i)))
	}
	info, err := os.Stat(s.path + journalSuffix)
	check(t, err)
	if info.Size() > compactionSize+1000 {
		t.Errorf("the journal has %d bytes for one intent", info.Size())
	}
	check(t, s.Close())
	s, err = Open(s.path, Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	if live, err := s.Intents(ctx); len(live) != 1 || err != nil {
		t.Errorf("%v, %v", live, err)
	}
}
