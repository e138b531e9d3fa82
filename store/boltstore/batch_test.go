package boltstore

import (
	"errors"
	"testing"

	"extauthz/authz"
	"extauthz/store"
)

func TestCreateGrantsIsAllOrNothing(t *testing.T) {
	s := newStore(t, Options{})
	ctx := t.Context()
	u, err := s.CreateUser(ctx, store.User{Username: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	grant := func(id string) store.Grant {
		return store.Grant{Holder: u.ID, Resource: authz.InDefault(authz.Experiment, id), Permission: authz.Edit}
	}
	if err := s.CreateGrants(ctx, []store.Grant{grant("1"), grant("2")}); err != nil {
		t.Fatal(err)
	}
	nobody := grant("3")
	nobody.Holder = 99
	for name, c := range map[string]struct {
		grants []store.Grant
		want   error
	}{
		"taken":   {[]store.Grant{grant("3"), grant("2")}, store.ErrExists},
		"twice":   {[]store.Grant{grant("3"), grant("3")}, store.ErrExists},
		"no user": {[]store.Grant{grant("3"), nobody}, store.ErrNotFound},
		"invalid": {[]store.Grant{grant("3"), {}}, store.ErrInvalid},
	} {
		if err := s.CreateGrants(ctx, c.grants); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if p, err := s.Permission(ctx, u.ID, grant("3").Resource); p != authz.NoGrant || err != nil {
			t.Errorf("%s: half of a refused batch was written: %v %v", name, p, err)
		}
	}
	if p, err := s.Permission(ctx, u.ID, grant("2").Resource); p != authz.Edit || err != nil {
		t.Errorf("got %v %v, want EDIT", p, err)
	}
}
