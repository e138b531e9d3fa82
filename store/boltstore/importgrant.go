package boltstore

import (
	"bytes"
	"errors"

	"extauthz/store"
)

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
