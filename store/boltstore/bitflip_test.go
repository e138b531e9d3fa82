package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

// TestOneFlippedBitNeverGivesMore flips one bit after the other in a closed store in which a grant says NO_PERMISSIONS, and asks. The answer
// must be NO_PERMISSIONS or an error, and likewise for a user who lost a role, a role with a lower default and a token that got a scope. The
// file has old pages on which the same grant said MANAGE, and others from before it was there at all: a bent pointer can lead to them. The
// pages that hold what is asked for now come first, in an order that differs from run to run, as many as time allows; then a sample of others.
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
	shuffle := func(bits []int) { rand.Shuffle(len(bits), func(i, k int) { bits[i], bits[k] = bits[k], bits[i] }) }
	shuffle(bits)
	shuffle(others)
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
	for name, wrong := range map[string]string{"account": wrongAccount(s), "credential": wrongCredential(s), "grant by id": wrongByID(s)} {
		if wrong != "" {
			t.Errorf("bit %d of byte %d (page %d): %s is %s", bit%8, bit/8, bit/8/1024, name, wrong)
		}
	}
	return err == nil
}

// wrongAccount: user1 was an admin with the old password, and once had the role of managers. The restricted's default was MANAGE.
func wrongAccount(s *Store) string {
	byName, errOfName := s.AccountByName(context.Background(), "user1")
	byID, errOfID := s.AccountByID(context.Background(), 1)
	for a, err := range map[*store.Account]error{&byName: errOfName, &byID: errOfID} {
		right := a.PasswordHash == "new" && !a.Admin && a.ID == 1 && len(a.Roles) == 1 && a.Roles[0].Name == "restricted" &&
			a.Roles[0].Default == authz.NoPermissions
		if err == nil && !right {
			return fmt.Sprintf("%+v", a)
		}
	}
	return ""
}

// wrongCredential: the first token was once not restricted, the second is revoked.
func wrongCredential(s *Store) string {
	a, c, err := s.AccountByKey(context.Background(), store.Token, digestOf(1))
	if err == nil && (a.ID != 1 || c.Scope == nil || !c.Scope.ReadOnly || len(c.Scope.Ceilings) != 0) {
		return fmt.Sprintf("%+v with %+v", c, c.Scope)
	}
	if _, c, err := s.AccountByKey(context.Background(), store.Token, digestOf(2)); err == nil {
		return fmt.Sprintf("revoked, and yet %+v", c)
	}
	return ""
}

func wrongByID(s *Store) string {
	if g, err := s.GrantByID(context.Background(), 81); err == nil && (g.Holder != 1 || g.Resource.ID != "20" || g.Permission != authz.NoPermissions) {
		return fmt.Sprintf("%+v", g)
	}
	return ""
}

func digestOf(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

// giveHistory makes roles and tokens that allowed more than they do now.
func giveHistory(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	var roles []uint64
	for i, name := range []string{"restricted", "managers"} {
		r, err := s.CreateRole(ctx, store.Role{Workspace: "default", Name: name, Default: authz.Manage})
		check(t, err)
		roles = append(roles, r.ID)
		for k := range 8 { // others make the trees deep
			_, err := s.CreateRole(ctx, store.Role{Workspace: "default", Name: fmt.Sprint("role", i, k), Description: strings.Repeat("d", 50)})
			check(t, err)
		}
	}
	_, err := s.Assign(ctx, 1, roles[1])
	check(t, err)
	_, err = s.Assign(ctx, 1, roles[0])
	check(t, err)
	for n := range byte(24) {
		c := store.Credential{UserID: uint64(1 + n%4), Kind: store.Token, Name: fmt.Sprint("token", n), Key: digestOf(n + 1)}
		if n == 1 {
			c.UserID = 1
		}
		_, err := s.CreateCredential(ctx, c)
		check(t, err)
	}
	check(t, s.Unassign(ctx, 1, roles[1]))
	_, err = s.UpdateRole(ctx, roles[0], func(r *store.Role) error { r.Default = authz.NoPermissions; return nil })
	check(t, err)
	check(t, s.DeleteCredential(ctx, 1, 1))
	check(t, s.DeleteCredential(ctx, 1, 2))
	_, err = s.CreateCredential(ctx, store.Credential{
		UserID: 1, Kind: store.Token, Name: "token", Key: digestOf(1), Scope: &authz.Scope{ReadOnly: true},
	})
	check(t, err)
}

// smallPages make deep trees; the clock stands still, so that a bit that failed is the same bit in the next run.
func smallPages() Options {
	return Options{noSync: true, InitialMmapSize: 1 << 15, pageSize: 1024, Now: func() time.Time { return time.Unix(1_700_000_000, 0) }}
}

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
	giveHistory(t, s)
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
	for b, key := range map[bucket][]byte{
		grantsBucket: grantKey(nil, 1, r), grantsOnBucket: grantOnKey(nil, r, 1), grantIDsBucket: appendID(nil, 81),
		usersBucket: []byte("user1"), userIDsBucket: appendID(nil, 1),
		rolesBucket: appendID(nil, 5), roleNamesBucket: roleNameKey(nil, "default", "restricted"),
		credentialsBucket: credentialKey(nil, 1, 25), credentialKeysBucket: keyKey(nil, store.Token, digestOf(1)),
		credentialUsesBucket: appendID(nil, 25),
	} {
		c := cursor{tree: &v.tree, b: b}
		if !c.seek(key) || c.depth == 0 && b != usersBucket && b != userIDsBucket && b != credentialUsesBucket {
			t.Fatalf("%q is not there, or not in a deep tree: %s", key, b.name)
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
		if bytes.HasPrefix(content[i:], encodeGrant(authz.NoPermissions, 165, 81)) {
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
	var damaged []string
	for _, d := range report.Damaged {
		damaged = append(damaged, d.Bucket)
	}
	// both records of the grant, the one under its id that leads to them, and the count of ids
	if !slices.Equal(damaged, []string{"grants", "grants_on", "grant_ids", "grant_ids"}) || !errors.Is(report.Err(), store.ErrCorrupt) {
		t.Errorf("Verify: %q", report.Damaged)
	}
	err = s.Forget(context.Background(), r)
	if !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Forget: %v, want ErrCorrupt", err)
	}
}
