package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

// TestOneFlippedBitNeverGivesMore flips one bit after the other in a closed store in which a grant says NO_PERMISSIONS, and asks. The answer
// must be NO_PERMISSIONS or an error. The file has old pages on which the same grant said MANAGE, and others from before it was there at
// all: a bent pointer can lead to them. Every flip is tried in the pages that hold the grant now, a sample of all others.
func TestOneFlippedBitNeverGivesMore(t *testing.T) {
	path, r := storeWithHistory(t)
	hot := pagesOf(t, path, r)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	check(t, err)
	defer file.Close()
	content, err := os.ReadFile(path)
	check(t, err)
	bits := bitsToFlip(len(content), hot)
	deadline := time.Now().Add(15 * time.Second)
	flips, refused := 0, 0
	for ; flips < len(bits) && time.Now().Before(deadline); flips++ {
		at, mask := bits[flips]/8, byte(1)<<(bits[flips]%8)
		_, err := file.WriteAt([]byte{content[at] ^ mask}, int64(at))
		check(t, err)
		if !answersRight(t, path, r, bits[flips]) {
			refused++
		}
		_, err = file.WriteAt(content[at:at+1], int64(at))
		check(t, err)
	}
	t.Logf("%d of %d flips in a file of %d bytes, %d refused; pages with every bit: %v", flips, len(bits), len(content), refused, hot)
	after, err := os.ReadFile(path)
	check(t, err)
	if refused == 0 || refused == flips || !bytes.Equal(after, content) {
		t.Error("the test does not test what it says")
	}
}

// bitsToFlip are those of the hot pages, then a sample of the others.
func bitsToFlip(size int, hot map[int]bool) (bits []int) {
	var others []int
	for bit := range size * 8 {
		switch isHot := hot[bit/8/1024]; {
		case isHot && bit%sampleOfHot() == 0:
			bits = append(bits, bit)
		case !isHot && bit%33 == 0:
			others = append(others, bit)
		}
	}
	return append(bits, others...)
}

// sampleOfHot is 1, every bit, unless time is short.
func sampleOfHot() int {
	if raceEnabled || testing.Short() {
		return 13
	}
	return 1
}

func answersRight(t *testing.T, path string, r authz.Resource, bit int) (answered bool) {
	s, err := Open(path, smallPages())
	if errors.Is(err, store.ErrLocked) {
		t.Errorf("the flip before left the file locked: %v", err)
	}
	if err != nil {
		return false
	}
	defer s.Close()
	p, err := s.Permission(context.Background(), 1, r)
	if err == nil && p != authz.NoPermissions {
		t.Errorf("bit %d of byte %d (page %d): %v", bit%8, bit/8, bit/8/1024, p)
	}
	if u, err := s.UserByName(context.Background(), "user1"); err == nil && (u.PasswordHash != "new" || u.Admin || u.ID != 1) {
		t.Errorf("bit %d of byte %d (page %d): %+v", bit%8, bit/8, bit/8/1024, u)
	}
	return err == nil
}

func smallPages() Options { return Options{noSync: true, InitialMmapSize: 1 << 15, pageSize: 1024} }

func storeWithHistory(t *testing.T) (path string, r authz.Resource) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "store.db")
	s, err := Create(path, smallPages())
	check(t, err)
	for i := range 4 {
		_, err := s.CreateUser(ctx, store.User{Username: fmt.Sprint("user", i+1), Admin: true, PasswordHash: "old"})
		check(t, err)
	}
	for i := range 160 {
		g := store.Grant{Holder: uint64(1 + i%4), Resource: authz.InDefault(authz.Experiment, fmt.Sprint(i/4)), Permission: authz.Manage}
		check(t, s.CreateGrant(ctx, g))
	}
	r = authz.InDefault(authz.Experiment, "20")
	check(t, s.UpdateGrant(ctx, store.Grant{Holder: 1, Resource: r, Permission: authz.NoPermissions}))
	_, err = s.UpdateUser(ctx, "user1", func(u *store.User) error { u.PasswordHash, u.Admin = "new", false; return nil })
	check(t, err)
	verifyAndClose(t, s)
	return path, r
}

// pagesOf are the pages on the way to the grant, in both buckets, and the buckets' own.
func pagesOf(t *testing.T, path string, r authz.Resource) map[int]bool {
	t.Helper()
	s, err := Open(path, smallPages())
	check(t, err)
	defer s.Close()
	v, err := s.begin(context.Background())
	check(t, err)
	defer v.end()
	hot := map[int]bool{int(v.root): true}
	for b, key := range map[bucket][]byte{grantsBucket: grantKey(nil, 1, r), grantsOnBucket: grantOnKey(nil, r, 1)} {
		c := cursor{tree: &v.tree, b: b}
		if !c.seek(key) || c.depth == 0 {
			t.Fatal("the grant is not there, or not in a deep tree")
		}
		for _, at := range c.path[:c.depth+1] {
			hot[pageID(at.page)] = true
		}
	}
	return hot
}

// TestDamagedRecordsAreReported overwrites one grant's permission, in place.
func TestDamagedRecordsAreReported(t *testing.T) {
	path, r := storeWithHistory(t)
	content, err := os.ReadFile(path)
	check(t, err)
	for i := range content { // all values that could be a NO_PERMISSIONS grant become MANAGE, check values stay
		if bytes.HasPrefix(content[i:], encodeGrant(authz.NoPermissions, 165)) {
			content[i] = byte(authz.Manage)
		}
	}
	check(t, os.WriteFile(path, content, 0o600))
	s, err := Open(path, smallPages())
	check(t, err)
	defer s.Close()
	_, err = s.Permission(context.Background(), 1, r)
	if !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Permission: %v, want ErrCorrupt", err)
	}
	report, err := s.Verify(context.Background())
	check(t, err)
	if len(report.Damaged) != 2 || !errors.Is(report.Err(), store.ErrCorrupt) { // both records of the grant
		t.Errorf("Verify: %q", report.Damaged)
	}
	err = s.Forget(context.Background(), r)
	if !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Forget: %v, want ErrCorrupt", err)
	}
}
