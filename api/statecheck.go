package api

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"extauthz/authz/credential"
	"extauthz/store"
)

// checkPlan holds what a document would change to the rules for changes that are made one by one. What is there already stays as it is,
// whatever it is: an imported state may have what no request could make.
func checkPlan(c caller, is, plan store.Snapshot, known userIndex) error {
	if slices.Contains(plan.DeleteUsers, c.Username) || slices.ContainsFunc(plan.Users, func(u store.User) bool { return c.is(u.Username) && u.Disabled }) {
		return badRequest("The document would delete or disable your own account. Ask another admin to apply it instead.")
	}
	for _, u := range plan.Users {
		if err := known.check(u); err != nil {
			return err
		}
	}
	for _, r := range plan.Roles {
		if err := checkNewRole(is, r); err != nil {
			return err
		}
	}
	for _, g := range plan.Grants {
		if err := checkNewGrant(g); err != nil {
			return invalid("Invalid document: permission of %s: %s", holderNamed(g), asFailure(err).text)
		}
	}
	return nil
}

// userIndex finds users that nothing but case tells apart, in documents with tens of thousands.
type userIndex struct {
	is       map[string]bool     // those that are there already
	spelling map[string][]string // those that will be, by their folded names
}

func usersBySpelling(is, plan store.Snapshot) userIndex {
	x, goes := userIndex{map[string]bool{}, map[string][]string{}}, map[string]bool{}
	for _, username := range plan.DeleteUsers {
		goes[username] = true
	}
	for _, u := range is.Users {
		x.is[u.Username] = true
	}
	for _, users := range [][]store.User{is.Users, plan.Users} {
		for _, u := range users {
			if key := folded(u.Username); !goes[u.Username] {
				x.spelling[key] = append(x.spelling[key], u.Username)
			}
		}
	}
	return x
}

func (x userIndex) check(u store.User) error {
	if u.PasswordHash != "" {
		if err := credential.CheckHash(u.PasswordHash); err != nil {
			return invalid("Invalid document: the password hash of user %s is in no format that is known.", quote(u.Username))
		}
	}
	if x.is[u.Username] {
		return nil
	}
	for _, other := range x.spelling[folded(u.Username)] {
		if other != u.Username {
			return exists("Users %s and %s differ in upper and lower case only, which makes no difference.", quote(u.Username), quote(other))
		}
	}
	if err := cmp.Or(named("username", u.Username), credential.CheckUsername(u.Username)); err != nil {
		return invalid("Invalid document: user %s: %s", quote(u.Username), asFailure(err).text)
	}
	return nil
}

// folded is one text for all that strings.EqualFold takes for the same: each rune becomes the least of those that are equal to it.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}

func checkNewRole(is store.Snapshot, r store.Role) error {
	known := slices.ContainsFunc(is.Roles, func(other store.Role) bool { return other.Workspace == r.Workspace && other.Name == r.Name })
	if known {
		return checkDescription(&r.Description)
	}
	return cmp.Or(checkWorkspace(r.Workspace), required("name", r.Name), checkRoleName(r.Name), checkDescription(&r.Description))
}

func holderNamed(g store.NamedGrant) string {
	if g.Holder.Username != "" {
		return "user " + quote(g.Holder.Username)
	}
	return "role " + quote(g.Holder.Role.Name)
}

// checkNewGrant keeps a role's grants in its workspace.
func checkNewGrant(g store.NamedGrant) error {
	r := g.Resource
	if g.Holder.Username == "" && r.Workspace != g.Holder.Role.Workspace {
		return invalid("Role %s lies in workspace %s, and cannot hold what is in %s.", quote(g.Holder.Role.Name), quote(g.Holder.Role.Workspace), quote(r.Workspace))
	}
	_, err := patternOf(r.Workspace, string(r.Kind), identifier{Text: r.ID})
	if err := cmp.Or(checkWorkspace(r.Workspace), err); err != nil {
		return err
	}
	_, err = levelOf(r.Kind, g.Permission.String())
	return err
}
