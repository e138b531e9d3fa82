package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

// furnished is a closed store with something in every bucket.
func furnished(t *testing.T) (path string) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "store.db")
	s, err := Create(path, Options{})
	check(t, err)
	furnish(t, s, 0)
	c, err := s.CredentialByKey(ctx, store.Token, digestOf(1))
	check(t, err)
	check(t, s.Touch(ctx, map[uint64]time.Time{c.ID: time.Unix(1_700_000_000, 0)}))
	verifyAndClose(t, s)
	return path
}

func furnish(t testing.TB, s *Store, n int) {
	t.Helper()
	ctx := context.Background()
	u, err := s.CreateUser(ctx, store.User{Username: fmt.Sprint("user", n), PasswordHash: "hash", Admin: true})
	check(t, err)
	r, err := s.CreateRole(ctx, store.Role{Workspace: "default", Name: fmt.Sprint("role", n), Default: authz.Read})
	check(t, err)
	_, err = s.Assign(ctx, u.ID, r.ID)
	check(t, err)
	for i := range 20 {
		check(t, s.CreateGrant(ctx, store.Grant{Holder: r.ID, Resource: authz.InDefault(authz.Experiment, fmt.Sprintf("%d-%d", n, i)), Permission: authz.Edit}))
	}
	_, err = s.CreateCredential(ctx, store.Credential{UserID: u.ID, Kind: store.Token, Name: "laptop", Key: digestOf(byte(n + 1))})
	check(t, err)
}

func digestIn(t *testing.T, s *Store) string {
	t.Helper()
	d, err := s.Digest(context.Background())
	check(t, err)
	return d
}

func TestVerifyFileNeedsNothingBesideTheFileAndWritesNothing(t *testing.T) {
	ctx := context.Background()
	path := furnished(t)
	content, err := os.ReadFile(path)
	check(t, err)
	alone := filepath.Join(t.TempDir(), "backup")
	check(t, os.WriteFile(alone, content, 0o400))
	report, err := VerifyFile(ctx, alone)
	check(t, err)
	if report.Err() != nil || report.Users != 1 || report.Roles != 1 || report.Grants != 20 || report.Assignments != 1 ||
		report.Credentials != 1 || report.AuditRecords != report.Revision {
		t.Errorf("%+v", report)
	}
	entries, err := os.ReadDir(filepath.Dir(alone))
	check(t, err)
	after, err := os.ReadFile(alone)
	check(t, err)
	if len(entries) != 1 || !bytes.Equal(after, content) {
		t.Errorf("%d files, or the file changed", len(entries))
	}
}

func TestVerifyFileTellsWhatIsWrong(t *testing.T) {
	ctx := context.Background()
	path := furnished(t)
	content, err := os.ReadFile(path)
	check(t, err)
	s, err := Open(path, Options{})
	check(t, err)
	_, err = VerifyFile(ctx, path)
	wantRefusal(t, err, store.ErrLocked, path)
	verifyAndClose(t, s)
	_, err = VerifyFile(ctx, path+"x")
	wantRefusal(t, err, store.ErrMissing, path)
	for name, damaged := range map[string][]byte{
		"empty": nil, "foreign": bytes.Repeat([]byte("garbage"), 10000), "cut short": content[:len(content)/2], "no meta": make([]byte, len(content)),
	} {
		bad := filepath.Join(t.TempDir(), "backup")
		check(t, os.WriteFile(bad, damaged, 0o600))
		if report, err := VerifyFile(ctx, bad); err == nil && report.Err() == nil {
			t.Errorf("%s: nothing is wrong", name)
		}
		if f, err := os.OpenFile(bad, os.O_RDWR, 0); err == nil { // it let go
			check(t, f.Close())
		}
	}
	at := bytes.LastIndex(content, digestOf(1))
	content[at]++
	bad := filepath.Join(t.TempDir(), "backup")
	check(t, os.WriteFile(bad, content, 0o600))
	report, err := VerifyFile(ctx, bad)
	check(t, err)
	wantRefusal(t, report.Err(), store.ErrCorrupt, "credential")
}

func TestCompactKeepsEverythingInLess(t *testing.T) {
	ctx := context.Background()
	path := furnished(t)
	s, err := Open(path, Options{noSync: true})
	check(t, err)
	for i := range 300 {
		_, err := s.CreateUser(ctx, store.User{Username: fmt.Sprint("short-lived", i), PasswordHash: string(bytes.Repeat([]byte("h"), 3000))})
		check(t, err)
	}
	for i := range 300 {
		check(t, s.DeleteUser(ctx, fmt.Sprint("short-lived", i)))
	}
	digest, records := digestIn(t, s), recordsOf(t, s)
	wantRefusal(t, Compact(ctx, path, path+".new"), store.ErrLocked, path)
	verifyAndClose(t, s)
	before, err := os.Stat(path)
	check(t, err)
	check(t, Compact(ctx, path, path+".new"))
	wantRefusal(t, Compact(ctx, path, path+".new"), os.ErrExist, path)
	after, err := os.Stat(path + ".new")
	check(t, err)
	if after.Size() >= before.Size() || after.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes of %d, mode %v", after.Size(), before.Size(), after.Mode())
	}
	check(t, os.Rename(path+".new", path))
	s, err = Open(path, Options{}) // the files beside it are right for it
	check(t, err)
	defer verifyAndClose(t, s)
	if digestIn(t, s) != digest || len(recordsOf(t, s)) != len(records) {
		t.Error("the compacted store is another")
	}
	a, err := s.CredentialByKey(ctx, store.Token, digestOf(1))
	if check(t, err); a.LastUsedAt.Unix() != 1_700_000_000 {
		t.Errorf("last used at %v", a.LastUsedAt)
	}
	furnish(t, s, 1) // ids go on
}

func TestCompactKeepsSchema1AndRefusesDamage(t *testing.T) {
	ctx := context.Background()
	path := schema1Store(t)
	check(t, Compact(ctx, path, path+".new"))
	report, err := VerifyFile(ctx, path+".new")
	if check(t, err); report.Schema != 1 || report.Users != 3 || report.Err() != nil {
		t.Errorf("%+v", report)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	wantRefusal(t, Compact(cancelled, path, path+".cancelled"), context.Canceled, "")
	content, err := os.ReadFile(path)
	check(t, err)
	check(t, os.WriteFile(path, bytes.ReplaceAll(content, []byte("hash of"), []byte("Hash of")), 0o600))
	wantRefusal(t, Compact(ctx, path, path+".damaged"), store.ErrCorrupt, path)
	files, err := filepath.Glob(path + ".*")
	if check(t, err); len(files) != 2 { // the revision and the first copy
		t.Errorf("left behind: %q", files)
	}
}

// TestABackupOfABusyStoreIsOneMoment takes copies while everything is written: each is sound and decides what the store decided at a moment.
func TestABackupOfABusyStoreIsOneMoment(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{noSync: true})
	_, err := s.CreateUser(ctx, store.User{Username: "root", Admin: true})
	check(t, err)
	digests := map[string]bool{digestIn(t, s): true}
	var copies []bytes.Buffer
	done := make(chan struct{})
	var busy sync.WaitGroup
	busy.Go(func() {
		defer close(done)
		for n := range 30 {
			out := store.Snapshot{
				Users:  []store.User{{Username: fmt.Sprint("user", n)}},
				Grants: []store.NamedGrant{{Holder: store.Holder{Username: fmt.Sprint("user", n)}, Resource: authz.InDefault(authz.Experiment, "1"), Permission: authz.Edit}},
				Credentials: []store.NamedCredential{{
					Username: fmt.Sprint("user", n), Credential: store.Credential{Kind: store.Token, Name: "laptop", Key: digestOf(byte(n))},
				}},
			}
			check(t, s.Import(ctx, out))
			digests[digestIn(t, s)] = true
			check(t, s.AppendAudit(ctx, store.Audit{Action: store.SignInFailed}))
		}
	})
	for open := true; open; {
		select {
		case <-done:
			open = false
		default:
		}
		var b bytes.Buffer
		check(t, s.Backup(ctx, &b))
		copies = append(copies, b)
	}
	busy.Wait()
	for _, b := range copies {
		path := filepath.Join(t.TempDir(), "store.db")
		check(t, os.WriteFile(path, b.Bytes(), 0o600))
		report, err := VerifyFile(ctx, path)
		check(t, err)
		check(t, report.Err())
		restored, err := Open(path, Options{AcceptOlder: true})
		check(t, err)
		if !digests[digestIn(t, restored)] {
			t.Error("a copy decides what the store never did")
		}
		check(t, restored.Close())
	}
	t.Logf("%d copies", len(copies))
}
