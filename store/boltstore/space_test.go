package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"extauthz/store"
)

// fillUp creates users until the disk, or MaxSize, refuses. Reads must go on.
func fillUp(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	hash := strings.Repeat("h", 4000)
	for i := 0; ; i++ {
		_, err := s.CreateUser(ctx, store.User{Username: fmt.Sprint("user", i), PasswordHash: hash})
		if err == nil && i < 100_000 {
			continue
		}
		if !errors.Is(err, store.ErrReadOnly) {
			t.Fatalf("error is %v, want ErrReadOnly", err)
		}
		_, err = s.UserByName(ctx, fmt.Sprint("user", i))
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the refused user: %v", err)
		}
		_, err = s.UserByName(ctx, fmt.Sprint("user", i-1))
		check(t, err)
		if n, err := s.Revision(ctx); n != uint64(i) || err != nil {
			t.Errorf("revision %d after %d writes (%v)", n, i, err)
		}
		return
	}
}

func TestAFullStoreStillAnswers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Create(path, Options{noSync: true, MaxSize: 1 << 20})
	check(t, err)
	fillUp(t, s)
	verifyAndClose(t, s)
	s, err = Open(path, Options{MaxSize: 2 << 20})
	check(t, err)
	_, err = s.CreateUser(context.Background(), store.User{Username: "one more"})
	check(t, err)
	verifyAndClose(t, s)
}

// TestAFullDisk is the real ENOSPC, on a small tmpfs.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mounting a tmpfs: %v (TestAFullStoreStillAnswers covers the rest)", err)
	}
	defer func() { check(t, syscall.Unmount(dir, 0)) }()
	ballast := filepath.Join(dir, "ballast")
	check(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	s, err := Create(filepath.Join(dir, "store.db"), Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	fillUp(t, s)
	wantRefusal(t, putBigIntents(s), store.ErrReadOnly, journalSuffix)
	check(t, os.Remove(ballast))
	_, err = s.CreateUser(context.Background(), store.User{Username: "one more"})
	check(t, err)
	check(t, s.PutIntent(context.Background(), store.Intent{ID: "after"}))
}

func putBigIntents(s *Store) error {
	for i := range 10_000 {
		if err := s.PutIntent(context.Background(), store.Intent{ID: fmt.Sprint(i), Name: strings.Repeat("n", 3000)}); err != nil {
			return err
		}
	}
	return nil
}
