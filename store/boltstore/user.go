package boltstore

import (
	"context"
	"iter"
	"strings"

	"extauthz/store"
)

// UserByName reads the user and, since a bent pointer could show an old copy with an old password, the record under its id as well.
func (s *Store) UserByName(ctx context.Context, username string) (store.User, error) {
	key := userAt{s.memo.generation.Load(), username}
	if u, ok := s.memo.users.GetIfPresent(key); ok {
		return u, ctx.Err()
	}
	u, err := s.readUser(ctx, username)
	if err == nil {
		key.username = strings.Clone(username)
		s.memo.users.Set(key, u)
	}
	return u, err
}

func (s *Store) readUser(ctx context.Context, username string) (u store.User, err error) {
	defer rescue(faultsPanic(), &err)
	v, err := s.begin(ctx)
	if err != nil {
		return store.User{}, err
	}
	defer v.end()
	u, ok := v.user(username)
	if !ok {
		return store.User{}, store.ErrNotFound
	}
	return u, nil
}

func (v *snapshot) user(username string) (store.User, bool) {
	var buffer keyBuffer
	payload, ok := v.get(usersBucket, append(buffer[:0], username...))
	if !ok {
		return store.User{}, false
	}
	u, revision := decodeUser(payload)
	u.Username = strings.Clone(username)
	v.mustBePaired(u, revision)
	return u, true
}

// mustBePaired compares the user with the record under its id: written together, they name each other and the same revision.
func (v *snapshot) mustBePaired(u store.User, revision uint64) {
	var buffer keyBuffer
	payload, ok := v.get(userIDsBucket, appendID(buffer[:0], u.ID))
	if !ok {
		panic(damage("a user is not known by its id"))
	}
	if name, at := decodeUserID(payload); string(name) != u.Username || at != revision {
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
		u, _ := decodeUser(payload)
		u.Username = string(key)
		return u
	})
}
