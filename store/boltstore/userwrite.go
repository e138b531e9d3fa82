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
	return written(s.write(ctx, func(w *writer) error { return w.createUser(&u) }), &u)
}

// written is what a write returns of what it changed: nothing after an error.
func written[T any](err error, item *T) (T, error) {
	if err != nil {
		var zero T
		return zero, err
	}
	return *item, nil
}

func (w *writer) createUser(u *store.User) error {
	if _, taken := w.user(u.Username); taken {
		return store.ErrExists
	}
	u.ID, u.CreatedAt = w.nextHolder(), u.CreatedAt.UTC()
	w.state.users++
	w.state.admins += one(u.Governs())
	w.putUser(userRecord{User: *u})
	w.note(store.UserCreate, userTarget(u.Username), nil, userFacts(*u).with("password", u.PasswordHash != "", "set"))
	return nil
}

// nextHolder is an id that nothing had before.
func (w *writer) nextHolder() uint64 {
	w.state.lastHolder++
	if w.hasHolder(w.state.lastHolder) {
		panic(damage("the next id is in use"))
	}
	return w.state.lastHolder
}

func (v *snapshot) hasHolder(id uint64) bool { return v.hasUserID(id) || v.hasRoleID(id) }

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
	return written(s.writeLocked(ctx, func(w *writer) error { return w.replaceUser(old, u) }), &u)
}

// errChanged cannot happen while one process writes.
var errChanged = errors.New("it was changed by somebody else")

func (w *writer) replaceUser(old, u store.User) error {
	stored, _ := w.user(old.Username)
	if stored.User != old {
		return errChanged
	}
	w.state.admins += one(u.Governs()) - one(old.Governs())
	stored.User = u
	w.putUser(stored)
	before, after := changed(userFacts(old), userFacts(u))
	w.note(store.UserUpdate, userTarget(u.Username), before, after.with("password", u.PasswordHash != old.PasswordHash, "changed"))
	return nil
}

// RenameUser writes the user under the new name, with the same id.
func (s *Store) RenameUser(ctx context.Context, oldName, newName string) (u store.User, err error) {
	if err := (store.User{Username: newName}).Validate(); err != nil {
		return store.User{}, err
	}
	return written(s.write(ctx, func(w *writer) error {
		u, err = w.renameUser(oldName, newName)
		return err
	}), &u)
}

func (w *writer) renameUser(oldName, newName string) (store.User, error) {
	u, ok := w.user(oldName)
	if !ok {
		return store.User{}, store.ErrNotFound
	}
	if oldName == newName {
		return u.User, errNoWrite
	}
	if _, taken := w.user(newName); taken {
		return store.User{}, store.ErrExists
	}
	w.delete(usersBucket, []byte(oldName))
	u.Username = newName
	w.putUser(u)
	w.note(store.UserRename, userTarget(oldName), facts{"username": oldName}, facts{"username": newName})
	return u.User, nil
}

// DeleteUser also deletes the user's grants, assignments and credentials.
func (s *Store) DeleteUser(ctx context.Context, username string) error {
	return s.write(ctx, func(w *writer) error {
		u, ok := w.user(username)
		if !ok {
			return store.ErrNotFound
		}
		w.deleteUser(u)
		return nil
	})
}

func (w *writer) deleteUser(u userRecord) {
	before := userFacts(u.User)
	before.list("roles", w.roleNamesOf(u))
	before.list("grants", w.deleteGrantsOf(u.ID))
	before.list("credentials", w.deleteCredentialsOf(u.ID))
	for _, held := range u.roles {
		w.deleteMember(held.role, u.ID)
	}
	w.state.users--
	w.state.admins -= one(u.Governs())
	w.delete(usersBucket, []byte(u.Username))
	w.delete(userIDsBucket, appendID(nil, u.ID))
	w.note(store.UserDelete, userTarget(u.Username), before, nil)
}

// putUser writes both records, with the same revision.
func (w *writer) putUser(u userRecord) {
	u.revision = w.state.revision
	w.put(usersBucket, []byte(u.Username), encodeUser(u))
	w.put(userIDsBucket, appendID(nil, u.ID), encodeUserID(u.Username, u.revision))
}
