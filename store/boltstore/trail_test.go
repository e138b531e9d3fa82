package boltstore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"extauthz/authz"
	"extauthz/store"
)

// recordsOf are all audit records, newest first.
func recordsOf(t testing.TB, s *Store) (records []store.Audit) {
	t.Helper()
	for a, err := range s.AuditLog(context.Background(), store.AuditQuery{}) {
		check(t, err)
		records = append(records, a)
	}
	return records
}

func TestOnAuditGetsWhatIsOnDiskInOrder(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	var s *Store
	var told []store.Audit
	s = newStore(t, Options{noSync: true, Now: func() time.Time { return now }, OnAudit: func(a store.Audit) {
		if newest := recordsOf(t, s)[0]; newest.Seq < a.Seq {
			t.Errorf("told of record %d before it was committed", a.Seq)
		}
		told = append(told, a)
	}})
	_, err := s.CreateUser(ctx, store.User{Username: "ann"})
	check(t, err)
	_, err = s.CreateUser(ctx, store.User{Username: "ann"})
	wantRefusal(t, err, store.ErrExists, "")
	check(t, s.AppendAudit(ctx, store.Audit{Action: store.SignInFailed}, store.Audit{Action: store.SignInFailed, Target: "user bob"}))
	check(t, s.Own(ctx, authz.InDefault(authz.Experiment, "1"), 1))
	records := recordsOf(t, s)
	for i, a := range told {
		if diff := cmp.Diff(records[len(records)-1-i], a); diff != "" || !a.At.Equal(now) {
			t.Errorf("record %d at %v (-stored +told):\n%s", i, a.At, diff)
		}
	}
	if len(told) != 4 || len(records) != 4 {
		t.Errorf("told %d of %d", len(told), len(records))
	}
}

// TestARefusedCommitLeavesNeitherTheChangeNorItsRecord lets the disk refuse it.
func TestARefusedCommitLeavesNeitherTheChangeNorItsRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	told := 0
	o := Options{noSync: true, MaxSize: 1 << 20, OnAudit: func(store.Audit) { told++ }}
	s, err := Create(path, o)
	check(t, err)
	fillUp(t, s)
	defer verifyAndClose(t, s)
	users := 0
	for _, err := range s.Users(context.Background()) {
		check(t, err)
		users++
	}
	if n := len(recordsOf(t, s)); n != users || told != users {
		t.Errorf("%d users, %d records, told %d times", users, n, told)
	}
	record := store.Audit{Action: store.SignInFailed, After: fmt.Sprintf("%01000000d", 0)}
	wantRefusal(t, s.AppendAudit(context.Background(), record), store.ErrReadOnly, path)
	if n := len(recordsOf(t, s)); n != users {
		t.Errorf("%d records", n)
	}
}

// TestAChangeWithoutARecordIsRefused: whoever adds a write must say what it was.
func TestAChangeWithoutARecordIsRefused(t *testing.T) {
	s := newStore(t, Options{noSync: true})
	err := s.write(context.Background(), func(w *writer) error {
		w.put(metaBucket, []byte("more"), []byte("x"))
		return nil
	})
	if err == nil || len(recordsOf(t, s)) != 0 {
		t.Errorf("error is %v", err)
	}
	check(t, s.db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte(metaBucket.name)).Get([]byte("more")) != nil {
			return errors.New("it was written")
		}
		return nil
	}))
}

// TestWhatDecidesNothingLeavesTheMemo: sign-ins come in numbers, and must not make every check read the file again.
func TestWhatDecidesNothingLeavesTheMemo(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{noSync: true})
	u, err := s.CreateUser(ctx, store.User{Username: "ann"})
	check(t, err)
	c, err := s.CreateCredential(ctx, store.Credential{UserID: u.ID, Kind: store.Token, Name: "laptop", Key: digestOf(1)})
	check(t, err)
	before := s.memo.generation.Load()
	check(t, s.Touch(ctx, map[uint64]time.Time{c.ID: time.Now()}))
	check(t, s.AppendAudit(ctx, store.Audit{Action: store.SignInFailed}))
	_, err = s.PruneAudit(ctx, time.Now().Add(time.Hour))
	check(t, err)
	if after := s.memo.generation.Load(); after != before {
		t.Errorf("generation %d after %d", after, before)
	}
	check(t, s.DeleteCredential(ctx, u.ID, c.ID))
	if s.memo.generation.Load() == before {
		t.Error("a revocation begins no generation")
	}
}

func TestPruningGoesOnUntilItIsDone(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{noSync: true})
	many := make([]store.Audit, prunedAtOnce+5)
	for i := range many {
		many[i].At = time.Unix(int64(i), 0)
	}
	check(t, s.AppendAudit(ctx, many...))
	n, err := s.PruneAudit(ctx, time.Unix(prunedAtOnce+2, 0))
	check(t, err)
	if left := len(recordsOf(t, s)); n != prunedAtOnce+2 || left != 3+2 { // two transactions, a record of each
		t.Errorf("pruned %d, %d left", n, left)
	}
}

// TestARememberedAccountCostsNoAllocation: it is on the path of every check.
func TestARememberedAccountCostsNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	ctx := context.Background()
	s := newStore(t, Options{noSync: true})
	furnish(t, s, 0)
	key := digestOf(1)
	for name, ask := range map[string]func() error{
		"name": func() error { _, err := s.AccountByName(ctx, "user0"); return err },
		"id":   func() error { _, err := s.AccountByID(ctx, 1); return err },
		"key":  func() error { _, _, err := s.AccountByKey(ctx, store.Token, key); return err },
	} {
		check(t, ask())
		if n := testing.AllocsPerRun(200, func() { _ = ask() }); n >= 1 {
			t.Errorf("by %s: %v allocations", name, n)
		}
	}
}
