package storetest

import (
	"cmp"
	"maps"
	"slices"

	"extauthz/authz"
	"extauthz/store"
)

// model is the contract in maps: what a store is, without durability.
type model struct {
	users  map[string]store.User
	grants map[grantName]authz.Permission
	lastID uint64
}

type grantName struct {
	userID uint64
	r      authz.Resource
}

func newModel() *model {
	return &model{users: map[string]store.User{}, grants: map[grantName]authz.Permission{}}
}

func (m *model) createUser(u store.User) (store.User, error) {
	if _, ok := m.users[u.Username]; ok {
		return store.User{}, store.ErrExists
	}
	m.lastID++
	u.ID = m.lastID
	m.users[u.Username] = u
	return u, nil
}

func (m *model) setAdmin(name string, admin bool) error {
	u, ok := m.users[name]
	if !ok {
		return store.ErrNotFound
	}
	if u.Admin && !admin && m.admins() == 1 {
		return store.ErrLastAdmin
	}
	u.Admin = admin
	m.users[name] = u
	return nil
}

func (m *model) deleteUser(name string) error {
	u, ok := m.users[name]
	if !ok {
		return store.ErrNotFound
	}
	if u.Admin && m.admins() == 1 {
		return store.ErrLastAdmin
	}
	delete(m.users, name)
	m.deleteGrants(func(g grantName) bool { return g.userID == u.ID })
	return nil
}

func (m *model) admins() (n int) {
	for _, u := range m.users {
		if u.Admin {
			n++
		}
	}
	return n
}

func (m *model) has(id uint64) bool {
	for _, u := range m.users {
		if u.ID == id {
			return true
		}
	}
	return false
}

func (m *model) createGrant(g store.Grant) error {
	name := grantName{g.Holder, g.Resource}
	if !m.has(g.Holder) {
		return store.ErrNotFound
	}
	if _, ok := m.grants[name]; ok {
		return store.ErrExists
	}
	m.grants[name] = g.Permission
	return nil
}

func (m *model) updateGrant(g store.Grant) error {
	name := grantName{g.Holder, g.Resource}
	if _, ok := m.grants[name]; !ok {
		return store.ErrNotFound
	}
	m.grants[name] = g.Permission
	return nil
}

func (m *model) deleteGrant(id uint64, r authz.Resource) error {
	if _, ok := m.grants[grantName{id, r}]; !ok {
		return store.ErrNotFound
	}
	delete(m.grants, grantName{id, r})
	return nil
}

func (m *model) own(r authz.Resource, owner uint64) error {
	if !m.has(owner) {
		return store.ErrNotFound
	}
	m.deleteGrants(func(g grantName) bool { return sameName(g.r, r) })
	m.grants[grantName{owner, r}] = authz.Manage
	return nil
}

func (m *model) move(from, to authz.Resource) error {
	switch {
	case from.Kind != to.Kind:
		return store.ErrInvalid
	case from == to:
		return nil
	}
	moved := map[grantName]authz.Permission{}
	for g, p := range m.grants {
		if sameName(g.r, from) {
			g.r.Workspace, g.r.ID = to.Workspace, to.ID
			moved[g] = p
		}
	}
	m.deleteGrants(func(g grantName) bool { return sameName(g.r, from) || sameName(g.r, to) })
	maps.Copy(m.grants, moved)
	return nil
}

// sameName reports whether a and b are one thing in MLflow: registered models and prompts share a table of names.
func sameName(a, b authz.Resource) bool {
	inRegistry := func(k authz.Kind) bool { return k == authz.RegisteredModel || k == authz.Prompt }
	return a.ID == b.ID && a.Workspace == b.Workspace && (a.Kind == b.Kind || inRegistry(a.Kind) && inRegistry(b.Kind))
}

func (m *model) forget(r authz.Resource) error {
	m.deleteGrants(func(g grantName) bool { return sameName(g.r, r) })
	return nil
}

func (m *model) forgetWorkspace(workspace string) error {
	m.deleteGrants(func(g grantName) bool { return g.r.Workspace == workspace })
	return nil
}

func (m *model) deleteGrants(which func(grantName) bool) {
	for g := range m.grants {
		if which(g) {
			delete(m.grants, g)
		}
	}
}

func (m *model) grantsOn(r authz.Resource) (on []store.Grant) {
	for g, p := range m.grants {
		if g.r == r {
			on = append(on, store.Grant{Holder: g.userID, Resource: r, Permission: p})
		}
	}
	slices.SortFunc(on, func(a, b store.Grant) int { return cmp.Compare(a.Holder, b.Holder) })
	return on
}
