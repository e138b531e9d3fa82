package boltstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"extauthz/store"
)

// Assign gives the role to the user.
func (s *Store) Assign(ctx context.Context, userID, roleID uint64) (a store.Assignment, err error) {
	return written(s.write(ctx, func(w *writer) error {
		u, r, err := w.pair(userID, roleID)
		if err == nil {
			a, err = w.assign(u, r)
		}
		return err
	}), &a)
}

// pair finds both.
func (w *writer) pair(userID, roleID uint64) (u userRecord, r store.Role, err error) {
	if u, err = found(w.userOf(userID)); err == nil {
		r, err = found(w.role(roleID))
	}
	return u, r, err
}

func (w *writer) assign(u userRecord, r store.Role) (store.Assignment, error) {
	i, has := u.indexOf(r.ID)
	if has {
		return store.Assignment{}, store.ErrExists
	}
	w.state.lastAssignment++
	w.state.assignments++
	a := store.Assignment{ID: w.state.lastAssignment, UserID: u.ID, RoleID: r.ID}
	u.roles = slices.Insert(u.roles, i, heldRole{r.ID, a.ID})
	w.putUser(u)
	w.put(membersBucket, memberKey(nil, r.ID, u.ID), binary.AppendUvarint(nil, a.ID))
	w.note(store.RoleAssign, assignmentTarget(u, r), nil, facts{"id": a.ID})
	return a, nil
}

func (u userRecord) indexOf(role uint64) (index int, has bool) {
	return slices.BinarySearchFunc(u.roles, role, func(held heldRole, role uint64) int { return cmp.Compare(held.role, role) })
}

// Unassign takes the role from the user.
func (s *Store) Unassign(ctx context.Context, userID, roleID uint64) error {
	return s.write(ctx, func(w *writer) error {
		u, r, err := w.pair(userID, roleID)
		if err == nil {
			err = w.unassign(u, r)
		}
		return err
	})
}

func (w *writer) unassign(u userRecord, r store.Role) error {
	i, has := u.indexOf(r.ID)
	if !has {
		return store.ErrNotFound
	}
	a := store.Assignment{ID: u.roles[i].assignment, UserID: u.ID, RoleID: r.ID}
	w.take(a)
	w.note(store.RoleUnassign, assignmentTarget(u, r), facts{"id": a.ID}, nil)
	return nil
}

// take undoes an assignment on both sides.
func (w *writer) take(a store.Assignment) {
	u, ok := w.userOf(a.UserID)
	i, has := u.indexOf(a.RoleID)
	if !ok || !has || u.roles[i].assignment != a.ID {
		panic(damage("a role and its member disagree"))
	}
	u.roles = slices.Delete(slices.Clone(u.roles), i, i+1)
	w.putUser(u)
	w.deleteMember(a.RoleID, a.UserID)
}

// deleteMember leaves the user's own record to the caller.
func (w *writer) deleteMember(role, user uint64) {
	w.state.assignments--
	w.delete(membersBucket, memberKey(nil, role, user))
}

func (v *snapshot) members(role uint64) (list []store.Assignment) {
	v.scan(membersBucket, appendID(nil, role), func(key, payload []byte) bool {
		list = append(list, memberOf(key, payload))
		return true
	})
	return list
}

func (v *snapshot) membersListed(role uint64) (names []string) {
	for _, a := range v.members(role) {
		names = append(names, v.holderTarget(a.UserID))
	}
	return names
}

func (v *snapshot) roleNamesOf(u userRecord) (names []string) {
	for _, r := range v.account(u).Roles {
		names = append(names, r.Name)
	}
	return names
}

func assignmentTarget(u userRecord, r store.Role) string { return roleTarget(r) + " for " + u.Username }
