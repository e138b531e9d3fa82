package boltstore

import (
	"context"
	"encoding/binary"
	"iter"

	"extauthz/store"
)

// RoleByID reads the role and the record under its name.
func (s *Store) RoleByID(ctx context.Context, id uint64) (store.Role, error) {
	return read(ctx, s, func(v *snapshot) (store.Role, error) { return found(v.role(id)) })
}

// RoleByName is RoleByID by the name.
func (s *Store) RoleByName(ctx context.Context, workspace, name string) (store.Role, error) {
	return read(ctx, s, func(v *snapshot) (store.Role, error) { return found(v.roleNamed(workspace, name)) })
}

func (v *snapshot) role(id uint64) (store.Role, bool) {
	var buffer keyBuffer
	payload, ok := v.get(rolesBucket, appendID(buffer[:0], id))
	if !ok {
		return store.Role{}, false
	}
	r, revision := decodeRole(payload)
	r.ID = id
	payload, ok = v.get(roleNamesBucket, roleNameKey(buffer[:0], r.Workspace, r.Name))
	if !ok {
		panic(damage("a role is not known by its name"))
	}
	if named, at := decodeRoleID(payload); named != id || at != revision {
		panic(damage("a role and the record under its name disagree"))
	}
	return r, true
}

func (v *snapshot) roleNamed(workspace, name string) (store.Role, bool) {
	var buffer keyBuffer
	payload, ok := v.get(roleNamesBucket, roleNameKey(buffer[:0], workspace, name))
	if !ok {
		return store.Role{}, false
	}
	id, _ := decodeRoleID(payload)
	r, ok := v.role(id)
	if !ok || r.Workspace != workspace || r.Name != name {
		panic(damage("the name of a role that does not exist"))
	}
	return r, true
}

func (v *snapshot) hasRoleID(id uint64) bool {
	var buffer keyBuffer
	_, ok := v.get(rolesBucket, appendID(buffer[:0], id))
	return ok
}

// Roles yields all roles ordered by id.
func (s *Store) Roles(ctx context.Context) iter.Seq2[store.Role, error] {
	return pages(ctx, s, rolesBucket, nil, func(key, payload []byte) store.Role {
		r, _ := decodeRole(payload)
		r.ID = binary.BigEndian.Uint64(key)
		return r
	})
}

// AssignmentsOf yields the user's assignments ordered by role id.
func (s *Store) AssignmentsOf(ctx context.Context, userID uint64) iter.Seq2[store.Assignment, error] {
	return listed(ctx, s, func(v *snapshot) (list []store.Assignment) {
		u, _ := v.userOf(userID)
		for _, held := range u.roles {
			list = append(list, store.Assignment{ID: held.assignment, UserID: userID, RoleID: held.role})
		}
		return list
	})
}

// Members yields the assignments of a role ordered by user id.
func (s *Store) Members(ctx context.Context, roleID uint64) iter.Seq2[store.Assignment, error] {
	return pages(ctx, s, membersBucket, appendID(nil, roleID), memberOf)
}
