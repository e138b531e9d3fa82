package boltstore

import (
	"context"

	"extauthz/authz"
	"extauthz/store"
)

// Own deletes every grant on exactly r, or a namesake, and gives owner MANAGE.
func (s *Store) Own(ctx context.Context, r authz.Resource, owner uint64) error {
	if err := store.ValidateOne(r); err != nil {
		return err
	}
	return s.write(ctx, func(w *writer) error {
		if !w.hasUserID(owner) {
			return store.ErrNotFound
		}
		gone, before := w.grantsOnName(r), facts{}
		before.list("grants", w.grantsListed(gone))
		w.deleteGrants(gone)
		w.state.grants++
		g := w.putGrant(store.Grant{Holder: owner, Resource: r, Permission: authz.Manage})
		w.note(store.ResourceOwn, w.grantTarget(g), before, grantFacts(g))
		return nil
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
		before := facts{"name": from.String()}
		before.list("grants", w.grantsListed(moved))
		before.list("replaced", w.grantsListed(replaced))
		w.deleteGrants(moved)
		w.deleteGrants(replaced)
		for _, g := range moved {
			g.Resource.Workspace, g.Resource.ID = to.Workspace, to.ID
			w.state.grants++
			w.putGrant(g)
		}
		w.note(store.ResourceMove, from.String(), before, facts{"name": to.String()})
		return nil
	})
}

// Forget deletes every grant on exactly r, or a namesake.
func (s *Store) Forget(ctx context.Context, r authz.Resource) error {
	return s.write(ctx, func(w *writer) error {
		gone, before := w.grantsOnName(r), facts{}
		if len(gone) == 0 {
			return errNoWrite
		}
		before.list("grants", w.grantsListed(gone))
		w.deleteGrants(gone)
		w.note(store.ResourceForget, r.String(), before, nil)
		return nil
	})
}

// ForgetWorkspace deletes the workspace's roles, and every grant in it of every kind that can be granted on.
func (s *Store) ForgetWorkspace(ctx context.Context, workspace string) error {
	return s.write(ctx, func(w *writer) error {
		roles, grants, before := w.rolesIn(workspace), w.grantsIn(workspace), facts{}
		if len(roles)+len(grants) == 0 {
			return errNoWrite
		}
		before.list("roles", namesOf(roles))
		before.list("grants", w.grantsListed(grants))
		for _, r := range roles {
			w.removeRole(r)
		}
		w.deleteGrants(w.grantsIn(workspace)) // those that the roles did not take along
		w.note(store.WorkspaceForget, "workspace "+workspace, before, nil)
		return nil
	})
}

func (w *writer) grantsIn(workspace string) (grants []store.Grant) {
	for _, kind := range append(authz.Kinds(), authz.Job) {
		prefix := appendName(appendName(nil, string(kind)), workspace)
		grants = append(grants, w.collect(grantsOnBucket, prefix, grantOnKeyed)...)
	}
	return grants
}

// grantsOnName returns the grants on r and its namesakes.
func (w *writer) grantsOnName(r authz.Resource) (grants []store.Grant) {
	for _, namesake := range r.Namesakes() {
		grants = append(grants, w.collect(grantsOnBucket, appendResource(nil, namesake), grantOnKeyed)...)
	}
	return grants
}
