package boltstore

import (
	"context"
	"errors"
	"fmt"

	"extauthz/store"
)

// Import makes of the snapshot one change after the other, in one transaction.
func (s *Store) Import(ctx context.Context, in store.Snapshot) error {
	return s.write(ctx, func(w *writer) error {
		if err := w.deleteAll(in); err != nil {
			return err
		}
		if err := w.applyAll(in); err != nil {
			return err
		}
		if len(w.records) == 0 {
			return errNoWrite
		}
		return nil
	})
}

func (w *writer) deleteAll(in store.Snapshot) error {
	return errors.Join(
		each(in.DeleteCredentials, w.dropNamedCredential), each(in.DeleteGrants, w.dropNamedGrant),
		each(in.DeleteAssignments, w.dropNamedAssignment), each(in.DeleteRoles, w.dropNamedRole), each(in.DeleteUsers, w.dropNamedUser),
	)
}

// applyAll makes what is referred to before what refers to it.
func (w *writer) applyAll(in store.Snapshot) error {
	for _, apply := range []func() error{
		func() error { return each(in.Users, w.applyUser) },
		func() error { return each(in.Roles, w.applyRole) },
		func() error { return each(in.Assignments, w.applyAssignment) },
		func() error { return each(in.Grants, w.applyGrant) },
		func() error { return each(in.Credentials, w.applyCredential) },
	} {
		if err := apply(); err != nil {
			return err
		}
	}
	return nil
}

func each[T any](items []T, apply func(T) error) error {
	for _, item := range items {
		if err := apply(item); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) applyUser(u store.User) error {
	old, exists := w.user(u.Username)
	if exists {
		u = asKnown(u, old.User)
	}
	if err := u.Validate(); err != nil {
		return fmt.Errorf("user %q: %w", u.Username, err)
	}
	u.CreatedAt = u.CreatedAt.UTC()
	switch {
	case !exists:
		return w.createUser(&u)
	case u == old.User:
		return nil
	default:
		return w.replaceUser(old.User, u)
	}
}

// asKnown keeps what the snapshot does not say.
func asKnown(u, old store.User) store.User {
	u.ID = old.ID
	if u.PasswordHash == "" && !u.ServiceAccount {
		u.PasswordHash = old.PasswordHash
	}
	if u.CreatedAt.IsZero() {
		u.CreatedAt = old.CreatedAt
	}
	return u
}

func (w *writer) applyRole(r store.Role) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("role %q: %w", r.Name, err)
	}
	r.CreatedAt = r.CreatedAt.UTC()
	old, exists := w.roleNamed(r.Workspace, r.Name)
	if !exists {
		return w.createRole(&r)
	}
	r.ID = old.ID
	if r.CreatedAt.IsZero() {
		r.CreatedAt = old.CreatedAt
	}
	if r == old {
		return nil
	}
	return w.replaceRole(old, r)
}
