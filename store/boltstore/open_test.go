package boltstore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"extauthz/store"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantRefusal is an error of that kind whose text names the file or says what to do.
func wantRefusal(t testing.TB, err, want error, text string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), text) {
		t.Errorf("error is %v, want %v with %q", err, want, text)
	}
}

// closedStore has two users, and so revision 2.
func closedStore(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	s, err := Create(path, Options{})
	check(t, err)
	for _, name := range []string{"root", "ann"} {
		_, err := s.CreateUser(context.Background(), store.User{Username: name, Admin: name == "root"})
		check(t, err)
	}
	verifyAndClose(t, s)
	return path
}

func TestOpenKeepsEverything(t *testing.T) {
	path := closedStore(t)
	info, err := os.Stat(path)
	check(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	s, err := Open(path, Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	u, err := s.UserByName(context.Background(), "ann")
	check(t, err)
	stats, err := s.Stats(context.Background())
	check(t, err)
	if u.ID != 2 || stats.Revision != 2 || stats.Users != 2 || stats.Admins != 1 || stats.FileSize == 0 {
		t.Errorf("%+v, %+v", u, stats)
	}
}

func TestAMissingOrEmptyFileIsNotCreated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	_, err := Open(path, Options{})
	wantRefusal(t, err, store.ErrMissing, path)
	check(t, os.WriteFile(path, nil, 0o600))
	_, err = Open(path, Options{})
	wantRefusal(t, err, store.ErrMissing, "is empty")
	_, err = Create(path, Options{})
	wantRefusal(t, err, store.ErrExists, path)
}

func TestCreateRefusesWhenAStoreWasLost(t *testing.T) {
	path := closedStore(t)
	_, err := Create(path, Options{})
	wantRefusal(t, err, store.ErrExists, path)
	check(t, os.Remove(path))
	_, err = Create(path, Options{})
	wantRefusal(t, err, store.ErrExists, "remembers revision 2")
	check(t, os.Remove(path+anchorSuffix))
	s, err := Create(path, Options{})
	check(t, err)
	verifyAndClose(t, s)
}

func TestCreateGoesOnWhereACutShortOneStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	check(t, createAnchor(path))
	s, err := Create(path, Options{})
	check(t, err)
	verifyAndClose(t, s)
}

func TestASecondProcessIsTold(t *testing.T) {
	path := closedStore(t)
	s, err := Open(path, Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	start := time.Now()
	_, err = Open(path, Options{LockTimeout: 200 * time.Millisecond})
	wantRefusal(t, err, store.ErrLocked, path)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestAnUnknownSchemaIsRefused(t *testing.T) {
	path := closedStore(t)
	db, err := bbolt.Open(path, 0o600, nil)
	check(t, err)
	check(t, db.Update(func(tx *bbolt.Tx) error {
		return putOrDelete(tx, metaBucket, schemaKey(), []byte{schema + 1})
	}))
	check(t, db.Close())
	_, err = Open(path, Options{})
	wantRefusal(t, err, store.ErrSchema, path)
}

func TestAForeignOrShortFileIsRefused(t *testing.T) {
	path := closedStore(t)
	content, err := os.ReadFile(path)
	check(t, err)
	for _, damaged := range [][]byte{[]byte("not a store"), bytes.Repeat([]byte("garbage"), 10000), content[:4096*3], content[:4096*5]} {
		check(t, os.WriteFile(path, damaged, 0o600))
		s, err := Open(path, Options{})
		if err == nil {
			check(t, s.Close())
			t.Errorf("%d bytes were opened", len(damaged))
		}
	}
}

func TestBackupRestoresTheSameStore(t *testing.T) {
	ctx := context.Background()
	path := closedStore(t)
	s, err := Open(path, Options{})
	check(t, err)
	var backup bytes.Buffer
	check(t, s.Backup(ctx, &backup))
	check(t, s.DeleteUser(ctx, "ann"))
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	wantRefusal(t, s.Backup(cancelled, &backup), context.Canceled, "")
	verifyAndClose(t, s)

	check(t, os.WriteFile(path, backup.Bytes(), 0o600))
	_, err = Open(path, Options{})
	wantRefusal(t, err, store.ErrStale, "revision 2, but 3")
	s, err = Open(path, Options{AcceptOlder: true})
	check(t, err)
	_, err = s.UserByName(ctx, "ann")
	check(t, err)
	verifyAndClose(t, s)
	s, err = Open(path, Options{}) // the older revision is now the one to remember
	check(t, err)
	verifyAndClose(t, s)
}
