package boltstore

import (
	"context"

	"extauthz/store"
)

// CreateRole assigns the next id.
func (s *Store) CreateRole(ctx context.Context, r store.Role) (store.Role, error) {
	if err := r.Validate(); err != nil {
		return store.Role{}, err
	}
	return written(s.write(ctx, func(w *writer) error { return w.createRole(&r) }), &r)
}

func (w *writer) createRole(r *store.Role) error {
	if _, taken := w.roleNamed(r.Workspace, r.Name); taken {
		return store.ErrExists
	}
	r.ID, r.CreatedAt = w.nextHolder(), r.CreatedAt.UTC()
	w.state.roles++
	w.putRole(*r)
	w.note(store.RoleCreate, roleTarget(*r), nil, roleFacts(*r))
	return nil
}

// UpdateRole calls change as UpdateUser does.
func (s *Store) UpdateRole(ctx context.Context, id uint64, change func(*store.Role) error) (store.Role, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	old, err := s.RoleByID(ctx, id)
	if err != nil {
		return store.Role{}, err
	}
	r := old
	if err := change(&r); err != nil {
		return store.Role{}, err
	}
	r.ID, r.Workspace, r.CreatedAt = old.ID, old.Workspace, r.CreatedAt.UTC()
	if err := r.Validate(); err != nil {
		return store.Role{}, err
	}
	return written(s.writeLocked(ctx, func(w *writer) error { return w.replaceRole(old, r) }), &r)
}

func (w *writer) replaceRole(old, r store.Role) error {
	if stored, _ := w.role(old.ID); stored != old {
		return errChanged
	}
	if old.Name != r.Name {
		if _, taken := w.roleNamed(r.Workspace, r.Name); taken {
			return store.ErrExists
		}
		w.delete(roleNamesBucket, roleNameKey(nil, old.Workspace, old.Name))
	}
	w.putRole(r)
	before, after := changed(roleFacts(old), roleFacts(r))
	w.note(store.RoleUpdate, roleTarget(old), before, after)
	return nil
}

// DeleteRole also deletes the role's grants and assignments.
func (s *Store) DeleteRole(ctx context.Context, id uint64) error {
	return s.write(ctx, func(w *writer) error {
		r, ok := w.role(id)
		if !ok {
			return store.ErrNotFound
		}
		w.deleteRole(r)
		return nil
	})
}

func (w *writer) deleteRole(r store.Role) {
	before := roleFacts(r)
	before.list("grants", w.grantsListed(w.grantsOf(r.ID)))
	before.list("members", w.membersListed(r.ID))
	w.removeRole(r)
	w.note(store.RoleDelete, roleTarget(r), before, nil)
}

// removeRole does it without a record of its own.
func (w *writer) removeRole(r store.Role) {
	w.deleteGrants(w.grantsOf(r.ID))
	for _, a := range w.members(r.ID) {
		w.take(a)
	}
	w.state.roles--
	w.delete(rolesBucket, appendID(nil, r.ID))
	w.delete(roleNamesBucket, roleNameKey(nil, r.Workspace, r.Name))
}

func (v *snapshot) rolesIn(workspace string) (roles []store.Role) {
	v.scan(roleNamesBucket, appendName(nil, workspace), func(_, payload []byte) bool {
		id, _ := decodeRoleID(payload)
		r, ok := v.role(id)
		if !ok {
			panic(damage("the name of a role that does not exist"))
		}
		roles = append(roles, r)
		return true
	})
	return roles
}

func namesOf(roles []store.Role) (names []string) {
	for _, r := range roles {
		names = append(names, r.Name)
	}
	return names
}

// putRole writes both records, with the same revision.
func (w *writer) putRole(r store.Role) {
	w.put(rolesBucket, appendID(nil, r.ID), encodeRole(r, w.state.revision))
	w.put(roleNamesBucket, roleNameKey(nil, r.Workspace, r.Name), encodeRoleID(r.ID, w.state.revision))
}
