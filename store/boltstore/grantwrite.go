package boltstore

import (
	"context"

	"extauthz/authz"
	"extauthz/store"
)

// CreateGrant is ErrExists when the holder has a grant on that resource, ErrNotFound when there is no such holder.
func (s *Store) CreateGrant(ctx context.Context, g store.Grant) error {
	if err := g.Validate(); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		if w.permission(g.Holder, g.Resource) != authz.NoGrant {
			return store.ErrExists
		}
		_, err := w.setGrant(g)
		return err
	})
}

// UpdateGrant is ErrNotFound when there is nothing to update.
func (s *Store) UpdateGrant(ctx context.Context, g store.Grant) error {
	if err := g.Validate(); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		if w.permission(g.Holder, g.Resource) == authz.NoGrant {
			return store.ErrNotFound
		}
		_, err := w.setGrant(g)
		return err
	})
}

// SetGrant creates or changes. The same permission again is no write.
func (s *Store) SetGrant(ctx context.Context, g store.Grant) (before authz.Permission, err error) {
	if err := g.Validate(); err != nil {
		return authz.NoGrant, err
	}
	err = s.write(ctx, func(w *writer) error {
		before = w.permission(g.Holder, g.Resource)
		if before == g.Permission {
			return errNoWrite
		}
		_, err := w.setGrant(g)
		return err
	})
	if err != nil {
		return authz.NoGrant, err
	}
	return before, nil
}

// setGrant creates the grant, or changes it and keeps its id.
func (w *writer) setGrant(g store.Grant) (store.Grant, error) {
	old, exists := w.grant(g.Holder, g.Resource)
	if !exists && !w.hasHolder(g.Holder) {
		return store.Grant{}, store.ErrNotFound
	}
	w.mustBeNumbered(old)
	g.ID = old.ID
	w.state.grants += one(!exists)
	g = w.putGrant(g)
	if exists {
		before, after := changed(grantFacts(old), grantFacts(g))
		w.note(store.GrantUpdate, w.grantTarget(g), before, after)
	} else {
		w.note(store.GrantCreate, w.grantTarget(g), nil, grantFacts(g))
	}
	return g, nil
}

// DeleteGrant is ErrNotFound when there is nothing to delete.
func (s *Store) DeleteGrant(ctx context.Context, holder uint64, r authz.Resource) error {
	return s.write(ctx, func(w *writer) error { return w.dropGrant(holder, r) })
}

func (w *writer) dropGrant(holder uint64, r authz.Resource) error {
	g, ok := w.grant(holder, r)
	if !ok {
		return store.ErrNotFound
	}
	w.deleteGrant(g)
	w.note(store.GrantDelete, w.grantTarget(g), grantFacts(g), nil)
	return nil
}

// putGrant writes both records, with the same payload, and the one under the id. A grant that has no id gets one.
func (w *writer) putGrant(g store.Grant) store.Grant {
	if g.ID == 0 {
		w.state.lastGrant++
		g.ID = w.state.lastGrant
	}
	payload, key := encodeGrant(g.Permission, w.state.revision, g.ID), grantKey(nil, g.Holder, g.Resource)
	w.put(grantsBucket, key, payload)
	w.put(grantsOnBucket, grantOnKey(nil, g.Resource, g.Holder), payload)
	w.put(grantIDsBucket, appendID(nil, g.ID), key)
	return g
}

func (w *writer) deleteGrants(grants []store.Grant) {
	for _, g := range grants {
		w.deleteGrant(g)
	}
}

func (w *writer) deleteGrant(g store.Grant) {
	w.mustBeNumbered(g)
	w.delete(grantsBucket, grantKey(nil, g.Holder, g.Resource))
	w.delete(grantsOnBucket, grantOnKey(nil, g.Resource, g.Holder))
	if g.ID != 0 {
		w.delete(grantIDsBucket, appendID(nil, g.ID))
	}
	w.state.grants--
}

// deleteGrantsOf deletes what the holder holds, and lists it.
func (w *writer) deleteGrantsOf(holder uint64) []string {
	grants := w.grantsOf(holder)
	w.deleteGrants(grants)
	return w.grantsListed(grants)
}

func (v *snapshot) grantsOf(holder uint64) []store.Grant {
	return v.collect(grantsBucket, appendID(nil, holder), grantOfKey)
}

// collect returns all grants under prefix, each of which must have its other record: half a grant is damage, not something to delete.
func (v *snapshot) collect(b bucket, prefix []byte, decode func(key, payload []byte) store.Grant) (grants []store.Grant) {
	v.scan(b, prefix, func(key, payload []byte) bool {
		grants = append(grants, decode(key, payload))
		return true
	})
	for _, g := range grants {
		_ = v.permission(g.Holder, g.Resource) // panics with damage when they disagree
	}
	return grants
}
