package migrate

import (
	"extauthz/authz"
	"extauthz/store"
)

// present is what the store has already, by names.
type present struct {
	users    map[string]store.User
	roles    map[store.RoleName]store.Role
	assigned map[store.NamedAssignment]bool
	grants   map[held]authz.Permission
}

func presentIn(s store.Snapshot) present {
	p := present{map[string]store.User{}, map[store.RoleName]store.Role{}, map[store.NamedAssignment]bool{}, map[held]authz.Permission{}}
	for _, u := range s.Users {
		p.users[u.Username] = u
	}
	for _, r := range s.Roles {
		p.roles[store.RoleName{Workspace: r.Workspace, Name: r.Name}] = r
	}
	for _, a := range s.Assignments {
		p.assigned[a] = true
	}
	for _, g := range s.Grants {
		p.grants[held{g.Holder, g.Resource}] = g.Permission
	}
	return p
}
