package boltstore

import (
	"errors"

	"extauthz/store"
)

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
