package boltstore

import (
	"context"

	"extauthz/authz"
	"extauthz/store"
)

// CreateGrant is ErrExists when the user has a grant on that resource, ErrNotFound when there is no such user.
func (s *Store) CreateGrant(ctx context.Context, g store.Grant) error {
	if err := g.Validate(); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		if !w.hasUserID(g.Holder) {
			return store.ErrNotFound
		}
		if w.permission(g.Holder, g.Resource) != authz.NoGrant {
			return store.ErrExists
		}
		w.state.grants++
		return w.putGrant(g)
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
		return w.putGrant(g)
	})
}

// DeleteGrant is ErrNotFound when there is nothing to delete.
func (s *Store) DeleteGrant(ctx context.Context, userID uint64, r authz.Resource) error {
	return s.write(ctx, func(w *writer) error {
		if w.permission(userID, r) == authz.NoGrant {
			return store.ErrNotFound
		}
		w.deleteGrant(store.Grant{Holder: userID, Resource: r})
		return w.err
	})
}

// Own deletes every grant on exactly r, or a namesake, and gives owner MANAGE.
func (s *Store) Own(ctx context.Context, r authz.Resource, owner uint64) error {
	if err := store.ValidateOne(r); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		if !w.hasUserID(owner) {
			return store.ErrNotFound
		}
		w.deleteGrants(w.grantsOnName(r))
		w.state.grants++
		return w.putGrant(store.Grant{Holder: owner, Resource: r, Permission: authz.Manage})
	})
}

// Move carries every grant on from, or a namesake, over to to, which keep their kinds.
func (s *Store) Move(ctx context.Context, from, to authz.Resource) error {
	if err := store.ValidateMove(from, to); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		moved, replaced := w.grantsOnName(from), w.grantsOnName(to)
		if from == to || len(moved)+len(replaced) == 0 {
			return errNoWrite
		}
		w.deleteGrants(moved)
		w.deleteGrants(replaced)
		for _, g := range moved {
			g.Resource.Workspace, g.Resource.ID = to.Workspace, to.ID
			w.state.grants++
			_ = w.putGrant(g) // w.err keeps it
		}
		return w.err
	})
}

// Forget deletes every grant on exactly r, or a namesake.
func (s *Store) Forget(ctx context.Context, r authz.Resource) error {
	return s.write(ctx, func(w *writer) error {
		gone := w.grantsOnName(r)
		if len(gone) == 0 {
			return errNoWrite
		}
		w.deleteGrants(gone)
		return w.err
	})
}

func (w *writer) grantsOn(r authz.Resource) []store.Grant {
	return w.collect(grantsOnBucket, appendResource(nil, r), grantOnKeyed)
}

// ForgetWorkspace deletes every grant in the workspace, of every kind that can be granted on.
func (s *Store) ForgetWorkspace(ctx context.Context, workspace string) error {
	return s.write(ctx, func(w *writer) error {
		var gone []store.Grant
		for _, kind := range append(authz.Kinds(), authz.Job) {
			prefix := appendName(appendName(nil, string(kind)), workspace)
			gone = append(gone, w.collect(grantsOnBucket, prefix, grantOnKeyed)...)
		}
		if len(gone) == 0 {
			return errNoWrite
		}
		w.deleteGrants(gone)
		return w.err
	})
}

// grantsOnName returns the grants on r and its namesakes.
func (w *writer) grantsOnName(r authz.Resource) (grants []store.Grant) {
	for _, namesake := range r.Namesakes() {
		grants = append(grants, w.grantsOn(namesake)...)
	}
	return grants
}

// putGrant writes both records, with the same payload.
func (w *writer) putGrant(g store.Grant) error {
	payload := encodeGrant(g.Permission, w.state.revision)
	w.put(grantsBucket, grantKey(nil, g.Holder, g.Resource), payload)
	w.put(grantsOnBucket, grantOnKey(nil, g.Resource, g.Holder), payload)
	return w.err
}

func (w *writer) deleteGrants(grants []store.Grant) {
	for _, g := range grants {
		w.deleteGrant(g)
	}
}

func (w *writer) deleteGrant(g store.Grant) {
	w.delete(grantsBucket, grantKey(nil, g.Holder, g.Resource))
	w.delete(grantsOnBucket, grantOnKey(nil, g.Resource, g.Holder))
	w.state.grants--
}

// collect returns all grants under prefix, each of which must have its other record: half a grant is damage, not something to delete.
func (w *writer) collect(b bucket, prefix []byte, decode func(key, payload []byte) store.Grant) (grants []store.Grant) {
	w.scan(b, prefix, nil, func(key, payload []byte) bool {
		grants = append(grants, decode(key, payload))
		return true
	})
	for _, g := range grants {
		_ = w.permission(g.Holder, g.Resource) // panics with damage when they disagree
	}
	return grants
}
