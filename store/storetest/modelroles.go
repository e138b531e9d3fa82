package storetest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"extauthz/store"
)

func (m *model) roleNamed(workspace, name string) (store.Role, bool) {
	for _, r := range m.roles {
		if r.Workspace == workspace && r.Name == name {
			return r, true
		}
	}
	return store.Role{}, false
}

func (m *model) createRole(r store.Role) (store.Role, error) {
	if _, taken := m.roleNamed(r.Workspace, r.Name); taken {
		return store.Role{}, store.ErrExists
	}
	r.ID = next(&m.lastHolder)
	m.roles[r.ID] = r
	return r, nil
}

func (m *model) renameRole(id uint64, name string) error {
	r, ok := m.roles[id]
	if !ok {
		return store.ErrNotFound
	}
	if other, taken := m.roleNamed(r.Workspace, name); taken && other.ID != id {
		return store.ErrExists
	}
	r.Name = name
	m.roles[id] = r
	return nil
}

func (m *model) deleteRole(id uint64) error {
	if _, ok := m.roles[id]; !ok {
		return store.ErrNotFound
	}
	delete(m.roles, id)
	m.deleteGrants(func(g grantName) bool { return g.holder == id })
	maps.DeleteFunc(m.members, func(a member, _ uint64) bool { return a.role == id })
	return nil
}

func (m *model) assign(user, role uint64) (store.Assignment, error) {
	if err := m.both(user, role); err != nil {
		return store.Assignment{}, err
	}
	if m.members[member{user, role}] != 0 {
		return store.Assignment{}, store.ErrExists
	}
	id := next(&m.lastAssignment)
	m.members[member{user, role}] = id
	return store.Assignment{ID: id, UserID: user, RoleID: role}, nil
}

func (m *model) unassign(user, role uint64) error {
	if m.members[member{user, role}] == 0 {
		return store.ErrNotFound
	}
	delete(m.members, member{user, role})
	return nil
}

func (m *model) both(user, role uint64) error {
	_, isUser := m.userOf(user)
	_, isRole := m.roles[role]
	if !isUser || !isRole {
		return store.ErrNotFound
	}
	return nil
}

func (m *model) account(name string) (a store.Account) {
	a.User = m.users[name]
	for held := range m.members {
		if held.user == a.ID {
			a.Roles = append(a.Roles, m.roles[held.role])
		}
	}
	slices.SortFunc(a.Roles, func(a, b store.Role) int { return cmp.Compare(a.ID, b.ID) })
	return a
}

func (m *model) createCredential(c store.Credential) (store.Credential, error) {
	if _, ok := m.userOf(c.UserID); !ok {
		return store.Credential{}, store.ErrNotFound
	}
	for _, other := range m.credentials {
		if other.UserID == c.UserID && other.Name == c.Name || bytes.Equal(other.Key, c.Key) {
			return store.Credential{}, store.ErrExists
		}
	}
	c.ID = next(&m.lastCredential)
	m.credentials[c.ID] = c
	return c, nil
}

func (m *model) deleteCredential(user, id uint64) error {
	if c, ok := m.credentials[id]; !ok || c.UserID != user {
		return store.ErrNotFound
	}
	delete(m.credentials, id)
	return nil
}

func (m *model) credentialsOf(user uint64) (list []store.Credential) {
	for _, c := range m.credentials {
		if c.UserID == user {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b store.Credential) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
