package migrate_test

import (
	"testing"

	"extauthz/authz"
	"extauthz/internal/migrate"
	"extauthz/store"
)

// TestWhatTheStoreHasStays for users, grants and service accounts alike, and is told.
func TestWhatTheStoreHasStays(t *testing.T) {
	s, _ := newStore(t)
	for _, u := range []store.User{{Username: "alice", PasswordHash: "hers", Admin: true}, {Username: "robot", ServiceAccount: true}} {
		if _, err := s.CreateUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	alice, err := s.UserByName(t.Context(), "alice")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateGrant(t.Context(), store.Grant{Holder: alice.ID, Resource: authz.InDefault(authz.Experiment, "1"), Permission: authz.Read}); err != nil {
		t.Fatal(err)
	}
	d := old("alice", "robot")
	d.Tables.Experiments = []migrate.Permission{on("1", 1, "MANAGE"), on("2", 1, "EDIT"), on("2", 2, "EDIT")}
	p := plan(t, s, d, migrate.Options{})
	want(t, "grants", grants(p), "alice EDIT experiment/2", "robot EDIT experiment/2")
	want(t, "kept", found(p, migrate.Kept), `user "alice"`, `"alice" on experiment 1`, `user "robot"`)
	apply(t, s, p)
	if after, err := s.UserByName(t.Context(), "alice"); err != nil || after.PasswordHash != "hers" || !after.Admin {
		t.Errorf("alice has become %+v %v", after, err)
	}
}

// TestTheLastAdminStaysOne also when MLflow says otherwise and is to win: nothing at all is imported then.
func TestTheLastAdminStaysOne(t *testing.T) {
	s, _ := newStore(t)
	if _, err := s.CreateUser(t.Context(), store.User{Username: "alice", PasswordHash: "hers", Admin: true}); err != nil {
		t.Fatal(err)
	}
	p := plan(t, s, old("alice", "bob"), migrate.Options{Replace: true})
	if err := s.Import(t.Context(), p.Snapshot); err == nil {
		t.Error("the last admin is none any more")
	}
	if _, err := s.UserByName(t.Context(), "bob"); err == nil {
		t.Error("half of it is imported: bob is there")
	}
	if len(found(p, migrate.Notice)) != 1 {
		t.Errorf("nothing is said of admins: %+v", p.Findings)
	}
}
