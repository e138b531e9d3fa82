package migrate

import (
	"fmt"
	"regexp"

	"extauthz/authz"
	"extauthz/store"
)

// hidden is how MLflow calls the role that holds a user's own permissions.
var hidden = regexp.MustCompile(`^__user_\d+__$`)

// applyRoles carries roles, assignments and permissions over. A hidden role's permissions become grants of whoever it is assigned to, as it is
// the assignment that counts in MLflow, not the number in the name.
func (w *work) applyRoles(t Tables, g generation) []store.NamedAssignment {
	m := members{all: map[int64]Role{}, owners: map[int64][]store.Holder{}, absent: map[int64][]*absent{}}
	for _, r := range t.Roles {
		m.all[r.ID] = r
		if !hidden.MatchString(r.Name) {
			w.roles[r.ID] = r
		}
	}
	for _, a := range t.Assignments {
		w.assignment(a, &m)
	}
	for _, p := range t.RolePermissions {
		w.rolePermission(p, m, g)
	}
	return m.assigned
}

// members tells who has which of MLflow's roles, by the roles' ids.
type members struct {
	all      map[int64]Role
	assigned []store.NamedAssignment
	owners   map[int64][]store.Holder // of hidden roles
	absent   map[int64][]*absent      // who are not carried over, likewise
}

func (w *work) assignment(a Assignment, m *members) {
	role, there := m.all[a.RoleID]
	what := fmt.Sprintf("assignment %d", a.ID)
	if !there {
		w.found(LeftOut, what, fmt.Sprintf("MLflow has no role with the id %d", a.RoleID), "left out")
		return
	}
	holder, ok := w.holder(a.UserID, what)
	switch _, open := w.roles[a.RoleID]; {
	case ok && open:
		m.assigned = append(m.assigned, store.NamedAssignment{Username: holder.Username, Role: named(role)})
	case ok:
		m.owners[a.RoleID] = append(m.owners[a.RoleID], holder)
	case !open && w.left[a.UserID] != nil:
		m.absent[a.RoleID] = append(m.absent[a.RoleID], w.left[a.UserID])
	}
}

func (w *work) rolePermission(p RolePermission, m members, g generation) {
	role, there := m.all[p.RoleID]
	what := fmt.Sprintf("%s on %s %s of role %d", text(p.Permission), p.Type, quote(p.Pattern), p.RoleID)
	holders := m.owners[p.RoleID]
	if _, open := w.roles[p.RoleID]; open {
		holders = []store.Holder{{Role: named(role)}}
	}
	for _, a := range m.absent[p.RoleID] {
		a.rows++
	}
	switch {
	case !there:
		w.found(LeftOut, what, "MLflow has no role with that id", "left out")
	case len(holders) == 0 && len(m.absent[p.RoleID]) == 0:
		w.found(LeftOut, what, "it is a role for one user, and nobody has it", "left out")
	}
	for _, holder := range holders {
		w.roleGrant(holder, p, role.Workspace, g)
	}
}

func named(r Role) store.RoleName { return store.RoleName{Workspace: r.Workspace, Name: r.Name} }

func (w *work) roleGrant(holder store.Holder, p RolePermission, workspace string, g generation) {
	r := authz.Resource{Kind: authz.Kind(p.Type), Workspace: workspace, ID: p.Pattern}
	what := fmt.Sprintf("%s of %s on %s %s%s", text(p.Permission), called(holder), p.Type, quote(p.Pattern), elsewhere(workspace))
	switch {
	case !r.Kind.Known():
		w.found(LeftOut, what, "MLflow has no such kind of resource", "left out")
		return
	case r.Kind.WholeOnly() && r.ID != authz.AnyID:
		w.found(LeftOut, what, `MLflow looks at "*" alone for this kind`, "left out")
		return
	case !w.stands(r, what, false):
		return
	}
	level := w.level(p.Permission, what)
	switch {
	case g.rows && level == authz.NoPermissions:
		w.found(LeftOut, what, "MLflow 3.12 passes over it in roles", "left out")
	case g.rows && r.Kind == authz.Workspace:
		w.onWhole(holder, r, level)
	case g.rows && r.Kind == authz.RegisteredModel:
		w.bothOrEither(holder, r, level)
	default:
		w.give(holder, r, level)
	}
}

// bothOrEither is for releases to which a prompt is a registered model.
func (w *work) bothOrEither(holder store.Holder, r authz.Resource, level authz.Permission) {
	found := r.Namesakes()
	if r.ID != authz.AnyID {
		found, _ = w.facts.registered(r.Workspace, r.ID)
	}
	for _, one := range found {
		w.give(holder, one, level)
	}
}

func called(h store.Holder) string {
	if h.Username != "" {
		return quote(h.Username)
	}
	return "role " + quote(h.Role.Name)
}
