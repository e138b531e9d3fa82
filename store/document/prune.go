package document

import (
	"fmt"
	"maps"
	"slices"

	"extauthz/store"
)

// prune removes what the document would have if it were to be. What goes along with a user or a role is not named.
func (c *comparison) prune() {
	out := &c.plan.Snapshot
	for _, name := range slices.Sorted(maps.Keys(c.is.users)) {
		if _, stays := c.want.users[name]; !stays && c.document.Users != nil {
			c.note(Remove, "user %s", name)
			out.DeleteUsers = append(out.DeleteUsers, name)
		}
	}
	for _, name := range sortedNames(c.is.roles) {
		if _, stays := c.want.roles[name]; !stays && c.document.Roles != nil {
			c.note(Remove, "%s", called(name))
			out.DeleteRoles = append(out.DeleteRoles, name)
		}
	}
	for _, a := range sortedAssignments(c.is.assignments) {
		_, listed := c.want.users[a.Username]
		if listed && !c.want.assignments[a] && !c.removed(a.Role) {
			c.note(Remove, "%s for %s", called(a.Role), a.Username)
			out.DeleteAssignments = append(out.DeleteAssignments, a)
		}
	}
	for _, key := range sortedGrants(c.is.grants) {
		if _, stays := c.want.grants[key]; !stays && c.lists(key.Holder) {
			c.note(Remove, "%s on %s for %s", c.is.grants[key], key.Resource, holderName(key.Holder))
			out.DeleteGrants = append(out.DeleteGrants, store.NamedGrant{Holder: key.Holder, Resource: key.Resource})
		}
	}
	for _, name := range sortedCredentials(c.is.credentials) {
		_, stays := c.want.credentials[name]
		if _, listed := c.want.users[name.Username]; listed && !stays && c.document.Secrets {
			c.note(Remove, "%s %s of %s", c.is.credentials[name].Kind, name.Name, name.Username)
			out.DeleteCredentials = append(out.DeleteCredentials, name)
		}
	}
}

// removed reports a role that goes as a whole.
func (c *comparison) removed(r store.RoleName) bool {
	_, stays := c.want.roles[r]
	return !stays && c.document.Roles != nil
}

// lists reports whether the document has the holder, whole.
func (c *comparison) lists(h store.Holder) bool {
	_, user := c.want.users[h.Username]
	_, role := c.want.roles[h.Role]
	return h.Username != "" && user || h.Username == "" && role
}

// missing finds a role that a user is to have and that there would not be.
func (c *comparison) missing(prune bool) error {
	for _, a := range sortedAssignments(c.want.assignments) {
		_, defined := c.want.roles[a.Role]
		_, exists := c.is.roles[a.Role]
		if !defined && (!exists || prune && c.removed(a.Role)) {
			return fmt.Errorf("user %q: roles: there is no %s", a.Username, called(a.Role))
		}
	}
	return nil
}
