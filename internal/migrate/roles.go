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
	all := map[int64]Role{}
	for _, r := range t.Roles {
		all[r.ID] = r
		if !hidden.MatchString(r.Name) {
			w.roles[r.ID] = r
		}
	}
	var assigned []store.NamedAssignment
	owners := map[int64][]store.Holder{}
	for _, a := range t.Assignments {
		role, there := all[a.RoleID]
		what := fmt.Sprintf("assignment %d", a.ID)
		holder, ok := w.holder(a.UserID, what)
		switch _, open := w.roles[a.RoleID]; {
		case !there:
			w.found(LeftOut, what, fmt.Sprintf("MLflow has no role with the id %d", a.RoleID), "left out")
		case !ok:
		case open:
			assigned = append(assigned, store.NamedAssignment{Username: holder.Username, Role: store.RoleName{Workspace: role.Workspace, Name: role.Name}})
		default:
			owners[a.RoleID] = append(owners[a.RoleID], holder)
		}
	}
	for _, p := range t.RolePermissions {
		w.rolePermission(p, all, owners, g)
	}
	return assigned
}

func (w *work) rolePermission(p RolePermission, all map[int64]Role, owners map[int64][]store.Holder, g generation) {
	role, there := all[p.RoleID]
	if !there {
		w.found(LeftOut, fmt.Sprintf("permission %d of role %d", p.ID, p.RoleID), "MLflow has no role with that id", "left out")
		return
	}
	holders := owners[p.RoleID]
	if _, open := w.roles[p.RoleID]; open {
		holders = []store.Holder{{Role: store.RoleName{Workspace: role.Workspace, Name: role.Name}}}
	}
	for _, holder := range holders {
		w.roleGrant(holder, p, role.Workspace, g)
	}
}

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
