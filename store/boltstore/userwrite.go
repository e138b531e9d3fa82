package boltstore

import (
	"context"
	"errors"

	"extauthz/store"
)

// CreateUser assigns the next id.
func (s *Store) CreateUser(ctx context.Context, u store.User) (store.User, error) {
	if err := u.Validate(); err != nil {
		return store.User{}, err
	}
	err := s.write(ctx, func(w *writer) error {
		if _, taken := w.user(u.Username); taken {
			return store.ErrExists
		}
		w.state.lastUser++
		u.ID = w.state.lastUser
		if w.hasUserID(u.ID) {
			panic(damage("the next user id is in use"))
		}
		w.state.users++
		w.state.admins += one(u.Admin)
		return w.putUser(u)
	})
	if err != nil {
		return store.User{}, err
	}
	u.CreatedAt = u.CreatedAt.UTC()
	return u, nil
}

// UpdateUser calls change outside the transaction, so that its panics are its own, but with all other writers waiting.
func (s *Store) UpdateUser(ctx context.Context, username string, change func(*store.User) error) (store.User, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	old, err := s.UserByName(ctx, username)
	if err != nil {
		return store.User{}, err
	}
	u := old
	if err := change(&u); err != nil {
		return store.User{}, err
	}
	u.ID, u.Username, u.CreatedAt = old.ID, old.Username, u.CreatedAt.UTC()
	if err := u.Validate(); err != nil {
		return store.User{}, err
	}
	err = s.writeLocked(ctx, func(w *writer) error { return w.replaceUser(old, u) })
	if err != nil {
		return store.User{}, err
	}
	return u, nil
}

func (w *writer) replaceUser(old, u store.User) error {
	if stored, _ := w.user(old.Username); stored != old {
		return errors.New("the user was changed by somebody else") // cannot happen while one process writes
	}
	w.state.admins += one(u.Admin) - one(old.Admin)
	if old.Admin && w.state.admins == 0 {
		return store.ErrLastAdmin
	}
	return w.putUser(u)
}

// DeleteUser also deletes the user's grants.
func (s *Store) DeleteUser(ctx context.Context, username string) error {
	return s.write(ctx, func(w *writer) error {
		u, ok := w.user(username)
		if !ok {
			return store.ErrNotFound
		}
		w.state.users--
		w.state.admins -= one(u.Admin)
		if u.Admin && w.state.admins == 0 {
			return store.ErrLastAdmin
		}
		for _, g := range w.collect(grantsBucket, appendID(nil, u.ID), grantOfKey) {
			w.deleteGrant(g)
		}
		w.delete(usersBucket, []byte(username))
		w.delete(userIDsBucket, appendID(nil, u.ID))
		return w.err
	})
}

func (w *writer) putUser(u store.User) error {
	w.put(usersBucket, []byte(u.Username), encodeUser(u, w.state.revision))
	w.put(userIDsBucket, appendID(nil, u.ID), encodeUserID(u.Username, w.state.revision))
	return w.err
}

func one(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
