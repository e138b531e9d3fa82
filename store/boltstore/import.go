package boltstore

import (
	"bytes"
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

func (w *writer) applyAssignment(a store.NamedAssignment) error {
	u, r, err := w.namedPair(a)
	if err == nil {
		_, err = w.assign(u, r)
	}
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

func (w *writer) applyGrant(n store.NamedGrant) error {
	id, err := w.holderNamed(n.Holder)
	if err != nil {
		return err
	}
	g := store.Grant{Holder: id, Resource: n.Resource, Permission: n.Permission}
	if err := g.Validate(); err != nil {
		return err
	}
	if w.permission(id, n.Resource) == n.Permission {
		return nil
	}
	_, err = w.setGrant(g)
	return err
}

func (w *writer) applyCredential(n store.NamedCredential) error {
	u, err := w.userNamed(n.Username)
	if err != nil {
		return err
	}
	c := n.Credential
	c.UserID, c.Key, c.Sealed = u.ID, bytes.Clone(c.Key), bytes.Clone(c.Sealed)
	if err := c.Validate(); err != nil {
		return err
	}
	old, exists := w.credentialNamed(u.ID, c.Name)
	if exists && sameCredential(old, c) {
		return nil
	}
	if exists {
		w.deleteCredential(old)
	}
	return w.createCredential(&c)
}

// sameCredential compares what decides.
func sameCredential(a, b store.Credential) bool {
	return a.Kind == b.Kind && bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Sealed, b.Sealed) && a.ExpiresAt.Equal(b.ExpiresAt) &&
		bytes.Equal(appendScope(nil, a.Scope), appendScope(nil, b.Scope))
}

func (w *writer) userNamed(username string) (userRecord, error) {
	u, ok := w.user(username)
	if !ok {
		return u, fmt.Errorf("%w: user %q", store.ErrNotFound, username)
	}
	return u, nil
}

func (w *writer) roleCalled(name store.RoleName) (store.Role, error) {
	r, ok := w.roleNamed(name.Workspace, name.Name)
	if !ok {
		return r, fmt.Errorf("%w: role %q in workspace %q", store.ErrNotFound, name.Name, name.Workspace)
	}
	return r, nil
}

func (w *writer) namedPair(a store.NamedAssignment) (u userRecord, r store.Role, err error) {
	if u, err = w.userNamed(a.Username); err == nil {
		r, err = w.roleCalled(a.Role)
	}
	return u, r, err
}

func (w *writer) holderNamed(h store.Holder) (uint64, error) {
	if h.Username != "" {
		u, err := w.userNamed(h.Username)
		return u.ID, err
	}
	r, err := w.roleCalled(h.Role)
	return r.ID, err
}

func (w *writer) dropNamedUser(username string) error {
	if u, ok := w.user(username); ok {
		w.deleteUser(u)
	}
	return nil
}

func (w *writer) dropNamedRole(name store.RoleName) error {
	if r, ok := w.roleNamed(name.Workspace, name.Name); ok {
		w.deleteRole(r)
	}
	return nil
}

func (w *writer) dropNamedAssignment(a store.NamedAssignment) error {
	return unlessMissing(func() error {
		u, r, err := w.namedPair(a)
		if err == nil {
			err = w.unassign(u, r)
		}
		return err
	})
}

func (w *writer) dropNamedGrant(n store.NamedGrant) error {
	return unlessMissing(func() error {
		id, err := w.holderNamed(n.Holder)
		if err == nil {
			err = w.dropGrant(id, n.Resource)
		}
		return err
	})
}

func (w *writer) dropNamedCredential(n store.CredentialName) error {
	if u, ok := w.user(n.Username); ok {
		if c, ok := w.credentialNamed(u.ID, n.Name); ok {
			w.deleteCredential(c)
		}
	}
	return nil
}

func unlessMissing(drop func() error) error {
	if err := drop(); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}
