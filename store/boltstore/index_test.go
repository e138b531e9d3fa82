package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"

	"go.etcd.io/bbolt"

	"extauthz/authz"
	"extauthz/store"
)

// TestABentIndexIsNotBelieved puts into an index, with the right check value, what stood there before or stands elsewhere: as a bent pointer
// would show it.
func TestABentIndexIsNotBelieved(t *testing.T) {
	ctx := context.Background()
	r := authz.InDefault(authz.Experiment, "0-0")
	for name, c := range map[string]struct {
		bucket       bucket
		key, payload []byte
		ask          func(*Store) error
	}{
		"a grant's id leads to another grant": {
			grantIDsBucket, appendID(nil, 1), grantKey(nil, 2, authz.InDefault(authz.Experiment, "0-1")),
			func(s *Store) error { _, err := s.GrantByID(ctx, 1); return err },
		},
		"a grant's id leads nowhere": {
			grantIDsBucket, appendID(nil, 1), grantKey(nil, 2, authz.InDefault(authz.Experiment, "gone")),
			func(s *Store) error { _, err := s.GrantByID(ctx, 1); return err },
		},
		"a grant whose id leads elsewhere is not deleted": {
			grantIDsBucket, appendID(nil, 1), grantKey(nil, 2, authz.InDefault(authz.Experiment, "0-1")),
			func(s *Store) error { return s.DeleteGrant(ctx, 2, r) },
		},
		"a role with an old default": {
			rolesBucket, appendID(nil, 2), encodeRole(store.Role{Workspace: "default", Name: "role0", Default: authz.Manage}, 1),
			func(s *Store) error { _, err := s.AccountByName(ctx, "user0"); return err },
		},
		"a role's name leads to another": {
			roleNamesBucket, roleNameKey(nil, "default", "role0"), encodeRoleID(9, 2),
			func(s *Store) error { _, err := s.RoleByName(ctx, "default", "role0"); return err },
		},
		"a user with the roles of before": {
			usersBucket, []byte("user0"), encodeUser(userRecord{User: store.User{ID: 1, Admin: true}, revision: 1}),
			func(s *Store) error { _, err := s.AccountByID(ctx, 1); return err },
		},
		"a member whose role was taken": {
			membersBucket, memberKey(nil, 2, 1), binary.AppendUvarint(nil, 9),
			func(s *Store) error { return s.DeleteRole(ctx, 2) },
		},
		"a token's key leads to another user": {
			credentialKeysBucket, keyKey(nil, store.Token, digestOf(1)), encodeKeyed(store.Credential{ID: 1, UserID: 2}, 24),
			func(s *Store) error { _, _, err := s.AccountByKey(ctx, store.Token, digestOf(1)); return err },
		},
		"the key of a revoked token": {
			credentialKeysBucket, keyKey(nil, store.Token, digestOf(7)), encodeKeyed(store.Credential{ID: 7, UserID: 1}, 24),
			func(s *Store) error { _, _, err := s.AccountByKey(ctx, store.Token, digestOf(7)); return err },
		},
		"another token's key leads to this one": {
			credentialKeysBucket, keyKey(nil, store.Token, digestOf(7)), encodeKeyed(store.Credential{ID: 1, UserID: 1}, 24),
			func(s *Store) error { _, _, err := s.AccountByKey(ctx, store.Token, digestOf(7)); return err },
		},
		"a token from before it had a scope": {
			credentialsBucket, credentialKey(nil, 1, 1),
			encodeCredential(store.Credential{Kind: store.Token, Name: "laptop", Key: digestOf(1)}, 3),
			func(s *Store) error { _, _, err := s.AccountByKey(ctx, store.Token, digestOf(1)); return err },
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := furnished(t)
			db, err := bbolt.Open(path, 0o600, nil)
			check(t, err)
			check(t, db.Update(func(tx *bbolt.Tx) error { return putOrDelete(tx, c.bucket, c.key, c.payload) }))
			check(t, db.Close())
			s, err := Open(path, Options{})
			check(t, err)
			defer s.Close()
			if err := c.ask(s); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("error is %v, want ErrCorrupt", err)
			}
			report, err := s.Verify(ctx)
			check(t, err)
			if !errors.Is(report.Err(), store.ErrCorrupt) {
				t.Error("Verify finds nothing")
			}
		})
	}
}

// TestAnUnbentIndexIsBelieved is the twin: the same questions of the store as it is.
func TestAnUnbentIndexIsBelieved(t *testing.T) {
	ctx := context.Background()
	s, err := Open(furnished(t), Options{})
	check(t, err)
	defer verifyAndClose(t, s)
	g, err := s.GrantByID(ctx, 1)
	check(t, err)
	a, _, err := s.AccountByKey(ctx, store.Token, digestOf(1))
	check(t, err)
	if g.Resource.ID != "0-0" || len(a.Roles) != 1 || a.Roles[0].Default != authz.Read {
		t.Errorf("%+v, %+v", g, a)
	}
	check(t, s.DeleteGrant(ctx, 2, g.Resource))
	check(t, s.DeleteRole(ctx, 2))
}
