package boltstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"extauthz/store"
)

func TestWritable(t *testing.T) {
	dir := t.TempDir()
	s, err := Create(filepath.Join(dir, "store.db"), Options{})
	check(t, err)
	check(t, s.Writable(context.Background()))
	left, err := filepath.Glob(filepath.Join(dir, "*"+probeSuffix))
	if err != nil || len(left) > 0 {
		t.Errorf("it leaves %v behind (%v)", left, err)
	}
	s.anchor.err = errors.New("an error of the last write")
	if err := s.Writable(context.Background()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("with an anchor that could not be written: %v", err)
	}
	s.anchor.err = nil
	check(t, os.Mkdir(filepath.Join(dir, "store.db"+probeSuffix), 0o700)) // no file can be made there, whoever asks
	if err := s.Writable(context.Background()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("where nothing can be written: %v", err)
	}
	verifyAndClose(t, s)
}

// TestWritableOnAFullDisk is the real ENOSPC.
func TestWritableOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("mounting a tmpfs: %v (TestWritable covers the rest)", err)
	}
	defer func() { check(t, syscall.Unmount(dir, 0)) }()
	s, err := Create(filepath.Join(dir, "store.db"), Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	check(t, s.Writable(context.Background()))
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	if err := s.Writable(context.Background()); !errors.Is(err, syscall.ENOSPC) || !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("on a full disk: %v", err)
	}
	check(t, os.Remove(ballast))
	check(t, s.Writable(context.Background()))
}

// TestCommitsAreTold counts them, and not what wrote nothing.
func TestCommitsAreTold(t *testing.T) {
	var commits, failures int
	told := Options{MaxSize: 1 << 20, noSync: true, Committed: func(_ time.Duration, err error) {
		if commits++; err != nil {
			failures++
		}
	}}
	s, err := Create(filepath.Join(t.TempDir(), "store.db"), told)
	check(t, err)
	defer verifyAndClose(t, s)
	before := commits
	_, err = s.CreateUser(context.Background(), store.User{Username: "alice"})
	check(t, err)
	if _, err = s.CreateUser(context.Background(), store.User{Username: "alice"}); !errors.Is(err, store.ErrExists) {
		t.Fatal(err)
	}
	if commits-before != 1 || failures != 0 {
		t.Errorf("%d commits (%d failures) after one write and one refusal", commits-before, failures)
	}
	full, err := Create(filepath.Join(t.TempDir(), "store.db"), told)
	check(t, err)
	defer verifyAndClose(t, full)
	fillUp(t, full)
	if failures != 1 {
		t.Errorf("%d failures on a full store, want 1", failures)
	}
}
