package boltstore

import (
	"context"
	"iter"
	"strings"

	"extauthz/store"
)

// UserByName is the user of AccountByName.
func (s *Store) UserByName(ctx context.Context, username string) (store.User, error) {
	a, err := s.AccountByName(ctx, username)
	return a.User, err
}

// UserByID is the user of AccountByID.
func (s *Store) UserByID(ctx context.Context, id uint64) (store.User, error) {
	a, err := s.AccountByID(ctx, id)
	return a.User, err
}

func (v *snapshot) user(username string) (userRecord, bool) {
	var buffer keyBuffer
	payload, ok := v.get(usersBucket, append(buffer[:0], username...))
	if !ok {
		return userRecord{}, false
	}
	u := decodeUser(payload)
	u.Username = strings.Clone(username)
	v.mustBePaired(u)
	return u, true
}

// userOf finds the user by the id, whose record must lead to a user with that id.
func (v *snapshot) userOf(id uint64) (userRecord, bool) {
	var buffer keyBuffer
	payload, ok := v.get(userIDsBucket, appendID(buffer[:0], id))
	if !ok {
		return userRecord{}, false
	}
	name, _ := decodeUserID(payload)
	u, ok := v.user(string(name))
	if !ok || u.ID != id {
		panic(damage("the id of a user who does not exist"))
	}
	return u, true
}

// mustBePaired compares the user with the record under its id: written together, they name each other and the same revision.
func (v *snapshot) mustBePaired(u userRecord) {
	var buffer keyBuffer
	payload, ok := v.get(userIDsBucket, appendID(buffer[:0], u.ID))
	if !ok {
		panic(damage("a user is not known by its id"))
	}
	if name, at := decodeUserID(payload); string(name) != u.Username || at != u.revision {
		panic(damage("a user and the record under its id disagree"))
	}
}

func (v *snapshot) hasUserID(id uint64) bool {
	var buffer keyBuffer
	_, ok := v.get(userIDsBucket, appendID(buffer[:0], id))
	return ok
}

// Users yields all users ordered by username.
func (s *Store) Users(ctx context.Context) iter.Seq2[store.User, error] {
	return pages(ctx, s, usersBucket, nil, func(key, payload []byte) store.User {
		u := decodeUser(payload)
		u.Username = string(key)
		return u.User
	})
}
