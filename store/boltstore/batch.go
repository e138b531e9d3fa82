package boltstore

import (
	"context"
	"fmt"

	"extauthz/authz"
	"extauthz/store"
)

// CreateGrants creates many grants in one transaction, all or none: one fsync, however many there are. It is CreateGrant for each of them,
// but for one audit record for all; a grant that comes twice is ErrExists.
func (s *Store) CreateGrants(ctx context.Context, grants []store.Grant) error {
	for _, g := range grants {
		if err := g.Validate(); err != nil {
			return err
		}
	}
	return s.write(ctx, func(w *writer) error {
		for _, g := range grants {
			switch {
			case !w.hasHolder(g.Holder):
				return store.ErrNotFound
			case w.permission(g.Holder, g.Resource) != authz.NoGrant:
				return store.ErrExists
			}
			g.ID = 0
			w.state.grants++
			w.putGrant(g)
		}
		after := facts{}
		after.list("grants", w.grantsListed(grants))
		w.note(store.GrantCreate, fmt.Sprintf("%d grants", len(grants)), nil, after)
		return nil
	})
}
