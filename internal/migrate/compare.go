package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"extauthz/store"
)

func (w *work) planUsers(p *Plan) {
	for _, id := range slices.Sorted(maps.Keys(w.persons)) {
		one := w.persons[id]
		before, there := w.there.users[one.is]
		one.hash = cmp.Or(one.hash, before.PasswordHash) // no password takes the place of none
		after := one.merged(before)
		switch {
		case !there:
		case before.ServiceAccount:
			w.found(Kept, "user "+quote(one.is), "the store has a service account of that name", "the account stays as it is")
			continue
		case before.Admin == one.admin && (before.PasswordHash == one.hash || !w.options.Replace):
			p.Same.Users++ // a password may have been changed here, or hashed anew at a sign-in
			continue
		case !w.options.Replace:
			w.found(Kept, "user "+quote(one.is), fmt.Sprintf("admin is %t in the store, and %t in MLflow", before.Admin, one.admin), keeping)
			continue
		}
		p.Snapshot.Users = append(p.Snapshot.Users, after)
		change := UserChange{Username: one.is, New: !there, Admin: one.admin, MustChangePassword: one.change}
		if one.was != one.is {
			change.Was = one.was
		}
		p.Users = append(p.Users, change)
	}
	slices.SortFunc(p.Users, func(a, b UserChange) int { return strings.Compare(a.Username, b.Username) })
}

const keeping = "the store's stays; --replace takes MLflow's"

func (w *work) planRoles(p *Plan) {
	for _, id := range slices.Sorted(maps.Keys(w.roles)) {
		r := w.roles[id]
		before, there := w.there.roles[store.RoleName{Workspace: r.Workspace, Name: r.Name}]
		switch {
		case there && before.Description == text(r.Description), there && !w.options.Replace:
			p.Same.Roles++ // a description decides nothing
			continue
		}
		before.Workspace, before.Name, before.Description = r.Workspace, r.Name, text(r.Description)
		p.Snapshot.Roles = append(p.Snapshot.Roles, before)
		p.Roles = append(p.Roles, RoleChange{Workspace: r.Workspace, Name: r.Name, New: !there})
	}
	slices.SortFunc(p.Roles, func(a, b RoleChange) int {
		return cmp.Or(strings.Compare(a.Workspace, b.Workspace), strings.Compare(a.Name, b.Name))
	})
}

func (w *work) planAssignments(p *Plan, assigned []store.NamedAssignment) {
	slices.SortFunc(assigned, func(a, b store.NamedAssignment) int {
		return cmp.Or(strings.Compare(a.Username, b.Username), strings.Compare(a.Role.Workspace, b.Role.Workspace), strings.Compare(a.Role.Name, b.Role.Name))
	})
	for _, a := range slices.Compact(assigned) {
		if w.there.assigned[a] {
			p.Same.Assignments++
			continue
		}
		p.Snapshot.Assignments = append(p.Snapshot.Assignments, a)
		p.Assignments = append(p.Assignments, Membership{a.Username, a.Role.Workspace, a.Role.Name})
	}
}

func (w *work) planGrants(p *Plan) {
	for _, at := range slices.SortedFunc(maps.Keys(w.grants), held.compare) {
		after, before := w.grants[at], w.there.grants[at]
		switch {
		case before == after:
			p.Same.Grants++
			continue
		case before != 0 && !w.options.Replace:
			w.found(Kept, fmt.Sprintf("%s on %s", called(at.holder), at.resource), fmt.Sprintf("%s in the store, and %s in MLflow", before, after), keeping)
			continue
		}
		p.Snapshot.Grants = append(p.Snapshot.Grants, store.NamedGrant{Holder: at.holder, Resource: at.resource, Permission: after})
		p.Grants = append(p.Grants, Grant{
			Username: at.holder.Username, Role: at.holder.Role.Name, Workspace: at.resource.Workspace, Type: string(at.resource.Kind), ID: at.resource.ID,
			Permission: after.String(), Before: before.String(),
		})
	}
}

// compare orders users' grants before roles', and grants by what they are on.
func (h held) compare(other held) int {
	return cmp.Or(
		strings.Compare(h.holder.Role.Workspace, other.holder.Role.Workspace), strings.Compare(h.holder.Role.Name, other.holder.Role.Name),
		strings.Compare(h.holder.Username, other.holder.Username), strings.Compare(h.resource.Workspace, other.resource.Workspace),
		strings.Compare(string(h.resource.Kind), string(other.resource.Kind)), strings.Compare(h.resource.ID, other.resource.ID),
	)
}
