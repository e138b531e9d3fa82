package boltstore

import (
	"context"

	"extauthz/authz"
	"extauthz/store"
)

// CreateGrants creates many grants in one transaction, all or none: one fsync, however many there are. It is CreateGrant for each of them;
// a grant that comes twice is ErrExists.
func (s *Store) CreateGrants(ctx context.Context, grants []store.Grant) error {
	for _, g := range grants {
		if err := g.Validate(); err != nil {
			return err
		}
	}
	return s.write(ctx, func(w *writer) error {
		seen := make(map[store.Grant]bool, len(grants)) // w reads the state before the transaction
		for _, g := range grants {
			if err := w.createGrant(g, seen); err != nil {
				return err
			}
		}
		return w.err
	})
}

func (w *writer) createGrant(g store.Grant, seen map[store.Grant]bool) error {
	same := store.Grant{Holder: g.Holder, Resource: g.Resource}
	switch {
	case !w.hasUserID(g.Holder):
		return store.ErrNotFound
	case seen[same] || w.permission(g.Holder, g.Resource) != authz.NoGrant:
		return store.ErrExists
	}
	seen[same] = true
	w.state.grants++
	return w.putGrant(g)
}
