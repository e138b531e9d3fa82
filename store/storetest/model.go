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
	users       map[string]store.User
	roles       map[uint64]store.Role
	members     map[member]uint64 // assignment ids
	grants      map[grantName]granted
	credentials map[uint64]store.Credential

	lastHolder, lastGrant, lastAssignment, lastCredential uint64
}

type grantName struct {
	holder uint64
	r      authz.Resource
}

type granted struct {
	id uint64
	p  authz.Permission
}

type member struct{ user, role uint64 }

func newModel() *model {
	return &model{
		users: map[string]store.User{}, roles: map[uint64]store.Role{}, members: map[member]uint64{},
		grants: map[grantName]granted{}, credentials: map[uint64]store.Credential{},
	}
}

func next(id *uint64) uint64 {
	*id++
	return *id
}

func (m *model) createUser(u store.User) (store.User, error) {
	if _, ok := m.users[u.Username]; ok {
		return store.User{}, store.ErrExists
	}
	u.ID = next(&m.lastHolder)
	m.users[u.Username] = u
	return u, nil
}

func (m *model) setUser(name string, admin, disabled, service bool) error {
	u, ok := m.users[name]
	if !ok {
		return store.ErrNotFound
	}
	last := m.last(u)
	u.Admin, u.Disabled, u.ServiceAccount = admin, disabled, service
	if last && !u.Governs() {
		return store.ErrLastAdmin
	}
	m.users[name] = u
	return nil
}

func (m *model) renameUser(from, to string) error {
	u, ok := m.users[from]
	if !ok {
		return store.ErrNotFound
	}
	if _, taken := m.users[to]; taken && from != to {
		return store.ErrExists
	}
	delete(m.users, from)
	u.Username = to
	m.users[to] = u
	return nil
}

func (m *model) deleteUser(name string) error {
	u, ok := m.users[name]
	if !ok {
		return store.ErrNotFound
	}
	if m.last(u) {
		return store.ErrLastAdmin
	}
	delete(m.users, name)
	m.deleteGrants(func(g grantName) bool { return g.holder == u.ID })
	maps.DeleteFunc(m.members, func(a member, _ uint64) bool { return a.user == u.ID })
	maps.DeleteFunc(m.credentials, func(_ uint64, c store.Credential) bool { return c.UserID == u.ID })
	return nil
}

// last reports whether u is the only one who governs.
func (m *model) last(u store.User) bool {
	n := 0
	for _, other := range m.users {
		if other.Governs() {
			n++
		}
	}
	return u.Governs() && n == 1
}

func (m *model) userOf(id uint64) (store.User, bool) {
	for _, u := range m.users {
		if u.ID == id {
			return u, true
		}
	}
	return store.User{}, false
}

func (m *model) has(holder uint64) bool {
	_, isUser := m.userOf(holder)
	_, isRole := m.roles[holder]
	return isUser || isRole
}

func (m *model) createGrant(g store.Grant) error {
	name := grantName{g.Holder, g.Resource}
	if !m.has(g.Holder) {
		return store.ErrNotFound
	}
	if _, ok := m.grants[name]; ok {
		return store.ErrExists
	}
	m.grants[name] = granted{next(&m.lastGrant), g.Permission}
	return nil
}

func (m *model) updateGrant(g store.Grant) error {
	name := grantName{g.Holder, g.Resource}
	old, ok := m.grants[name]
	if !ok {
		return store.ErrNotFound
	}
	m.grants[name] = granted{old.id, g.Permission}
	return nil
}

func (m *model) setGrant(g store.Grant) (authz.Permission, error) {
	before := m.grants[grantName{g.Holder, g.Resource}].p
	if before != authz.NoGrant {
		return before, m.updateGrant(g)
	}
	return before, m.createGrant(g)
}

func (m *model) deleteGrant(holder uint64, r authz.Resource) error {
	if _, ok := m.grants[grantName{holder, r}]; !ok {
		return store.ErrNotFound
	}
	delete(m.grants, grantName{holder, r})
	return nil
}

func (m *model) own(r authz.Resource, owner uint64) error {
	if _, ok := m.userOf(owner); !ok {
		return store.ErrNotFound
	}
	m.deleteGrants(func(g grantName) bool { return sameName(g.r, r) })
	m.grants[grantName{owner, r}] = granted{next(&m.lastGrant), authz.Manage}
	return nil
}

func (m *model) move(from, to authz.Resource) error {
	switch {
	case from.Kind != to.Kind:
		return store.ErrInvalid
	case from == to:
		return nil
	}
	moved := map[grantName]granted{}
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
	for id, r := range m.roles {
		if r.Workspace == workspace {
			_ = m.deleteRole(id)
		}
	}
	m.deleteGrants(func(g grantName) bool { return g.r.Workspace == workspace })
	return nil
}

func (m *model) deleteGrants(which func(grantName) bool) {
	maps.DeleteFunc(m.grants, func(g grantName, _ granted) bool { return which(g) })
}

func (m *model) grantsOn(r authz.Resource) (on []store.Grant) {
	for g, p := range m.grants {
		if g.r == r {
			on = append(on, store.Grant{ID: p.id, Holder: g.holder, Resource: r, Permission: p.p})
		}
	}
	slices.SortFunc(on, func(a, b store.Grant) int { return cmp.Compare(a.Holder, b.Holder) })
	return on
}
