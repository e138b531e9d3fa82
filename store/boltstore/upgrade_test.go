package boltstore

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"extauthz/authz"
	"extauthz/store"
)

// schema1Store is a copy of one that a build of schema 1 wrote: users alice (admin) and bob, carol deleted, dave; three grants, one deleted
// with carol.
func schema1Store(t *testing.T) (path string) {
	t.Helper()
	content, err := os.ReadFile("testdata/schema1.db")
	check(t, err)
	path = filepath.Join(t.TempDir(), "store.db")
	check(t, os.WriteFile(path, content, 0o600))
	check(t, os.WriteFile(path+anchorSuffix, []byte(anchorLine(8)), 0o600))
	return path
}

func TestASchema1StoreIsUpgradedWhenOpened(t *testing.T) {
	ctx := context.Background()
	path := schema1Store(t)
	before, err := VerifyFile(ctx, path)
	check(t, err)
	check(t, before.Err())
	s, err := Open(path, Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	report, err := s.Verify(ctx)
	check(t, err)
	want := Report{Schema: 2, Revision: 8, Users: 3, Grants: 2, AuditRecords: 1}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("after the upgrade (-want +got):\n%s", diff)
	}
	want.Schema, want.AuditRecords = 1, 0
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("before the upgrade (-want +got):\n%s", diff)
	}
	alice, err := s.AccountByName(ctx, "alice")
	check(t, err)
	if want := (store.User{
		ID: 1, Username: "alice", PasswordHash: "hash of alice", Admin: true, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC),
	}); alice.User != want || len(alice.Roles) != 0 {
		t.Errorf("%+v", alice)
	}
}

// TestGrantsOfSchema1GetTheirIDsWhenWritten: those that were created since have one from the start.
func TestGrantsOfSchema1GetTheirIDsWhenWritten(t *testing.T) {
	ctx := context.Background()
	s, err := Open(schema1Store(t), Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	one, model := authz.InDefault(authz.Experiment, "7"), authz.InDefault(authz.RegisteredModel, "m")
	check(t, s.CreateGrant(ctx, store.Grant{Holder: 4, Resource: one, Permission: authz.Read}))
	check(t, s.UpdateGrant(ctx, store.Grant{Holder: 2, Resource: one, Permission: authz.Edit})) // the same permission
	for id, want := range map[uint64]store.Grant{
		1: {ID: 1, Holder: 4, Resource: one, Permission: authz.Read},
		2: {ID: 2, Holder: 2, Resource: one, Permission: authz.Edit},
	} {
		if g, err := s.GrantByID(ctx, id); err != nil || g != want {
			t.Errorf("grant %d: %+v, %v", id, g, err)
		}
	}
	for to, id := range map[string]uint64{"n": 3, "o": 3} {
		g, err := s.GrantAt(ctx, 2, model)
		check(t, err)
		if g.ID != 0 && g.ID != id {
			t.Errorf("grant %d on %s", g.ID, model)
		}
		next := authz.InDefault(authz.RegisteredModel, to)
		check(t, s.Move(ctx, model, next))
		model = next
	}
	check(t, s.DeleteUser(ctx, "bob"))
	role, err := s.CreateRole(ctx, store.Role{Workspace: "default", Name: "readers"})
	check(t, err)
	if role.ID != 5 {
		t.Errorf("the role's id is %d", role.ID)
	}
}

func TestAStaleSchema1StoreIsRefusedAndNotUpgraded(t *testing.T) {
	path := schema1Store(t)
	check(t, os.WriteFile(path+anchorSuffix, []byte(anchorLine(9)), 0o600))
	_, err := Open(path, Options{})
	wantRefusal(t, err, store.ErrStale, path)
	report, err := VerifyFile(context.Background(), path)
	if check(t, err); report.Schema != 1 {
		t.Errorf("schema %d", report.Schema)
	}
}

// TestAnUpgradeIsAllOrNothing stops it before the commit.
func TestAnUpgradeIsAllOrNothing(t *testing.T) {
	path := schema1Store(t)
	db, err := bbolt.Open(path, 0o600, nil)
	check(t, err)
	tx, err := db.Begin(true)
	check(t, err)
	w := &writer{snapshot: snapshot{tx, treeOf(tx), overlay{}}, now: time.Now()}
	_, err = w.upgrade()
	check(t, err)
	check(t, tx.Rollback())
	check(t, db.Close())
	report, err := VerifyFile(context.Background(), path)
	check(t, err)
	if check(t, report.Err()); report.Schema != 1 {
		t.Errorf("schema %d", report.Schema)
	}
	s, err := Open(path, Options{})
	check(t, err)
	verifyAndClose(t, s)
}
