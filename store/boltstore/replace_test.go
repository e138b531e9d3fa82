package boltstore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

// backedUp is a closed store with users, a backup of it, and what has been written since.
func backedUp(t *testing.T) (path, backup, digest string) {
	t.Helper()
	dir := t.TempDir()
	path, backup = filepath.Join(dir, "store.db"), filepath.Join(dir, "backup")
	s, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u, err := s.CreateUser(t.Context(), store.User{Username: "alice", Admin: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(backup)
	if err == nil {
		err = errors.Join(s.Backup(t.Context(), f), f.Close())
	}
	if err == nil {
		digest, err = s.Digest(t.Context())
	}
	for _, id := range []string{"1", "2", "3"} {
		err = errors.Join(err, s.Own(t.Context(), authz.InDefault(authz.Experiment, id), u.ID))
	}
	err = errors.Join(err, s.PutIntent(t.Context(), store.Intent{ID: "i", Kind: store.IntentCreate, UserID: u.ID, Resource: authz.InDefault(authz.Experiment, "9")}))
	if err != nil {
		t.Fatal(err)
	}
	return path, backup, digest
}

// TestRestoredStoreDecidesAsTheBackup, and knows nothing of what was under way.
func TestRestoredStoreDecidesAsTheBackup(t *testing.T) {
	path, backup, digest := backedUp(t)
	if d, err := DigestFile(t.Context(), backup); err != nil || d != digest {
		t.Errorf("the backup's digest: %s %v, want %s", d, err, digest)
	}
	if _, err := Restore(t.Context(), backup, path, false); !errors.Is(err, store.ErrExists) {
		t.Fatalf("without being told to replace: %v", err)
	}
	if _, err := Restore(t.Context(), path, path, true); !errors.Is(err, store.ErrInvalid) && !errors.Is(err, store.ErrLocked) {
		t.Fatalf("with itself: %v", err)
	}
	if _, err := Restore(t.Context(), backup, path, true); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, store.ErrStale) {
		t.Fatalf("an older store opens without being told to: %v", err)
	}
	s, err := Open(path, Options{AcceptOlder: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if d, err := s.Digest(t.Context()); err != nil || d != digest {
		t.Errorf("digest %s %v, want %s", d, err, digest)
	}
	if under, err := s.Intents(t.Context()); err != nil || len(under) != 0 {
		t.Errorf("under way: %v %v", under, err)
	}
}

// TestNothingReplacesAStoreInUse: neither a restore nor a compaction.
func TestNothingReplacesAStoreInUse(t *testing.T) {
	path, backup, _ := backedUp(t)
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Restore(t.Context(), backup, path, true); !errors.Is(err, store.ErrLocked) {
		t.Errorf("restore: %v", err)
	}
	if _, _, err := CompactInPlace(t.Context(), path); !errors.Is(err, store.ErrLocked) {
		t.Errorf("compact: %v", err)
	}
	if err := s.Own(t.Context(), authz.InDefault(authz.Experiment, "4"), 1); err != nil {
		t.Errorf("the store in use: %v", err)
	}
}

// TestDamagedBackupReplacesNothing, and a damaged store can be replaced.
func TestDamagedBackupReplacesNothing(t *testing.T) {
	path, backup, digest := backedUp(t)
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	if _, err := Restore(t.Context(), cut, path, true); !errors.Is(err, store.ErrCorrupt) {
		t.Fatalf("half a backup: %v", err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Fatal("the store was changed")
	}
	if err := os.WriteFile(path, []byte("no store at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, path, true); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, Options{AcceptOlder: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if d, _ := s.Digest(t.Context()); d != digest {
		t.Error("it decides otherwise")
	}
}

// TestCompactedStoreIsTheSame, at the same revision, with what was under way.
func TestCompactedStoreIsTheSame(t *testing.T) {
	path, _, _ := backedUp(t)
	was, err := DigestFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	before, after, err := CompactInPlace(t.Context(), path)
	if err != nil || after > before {
		t.Fatalf("%d → %d: %v", before, after, err)
	}
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if d, err := s.Digest(t.Context()); err != nil || d != was {
		t.Errorf("digest %s %v, want %s", d, err, was)
	}
	if under, err := s.Intents(t.Context()); err != nil || len(under) != 1 {
		t.Errorf("under way: %v %v", under, err)
	}
}
