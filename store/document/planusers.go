package document

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"extauthz/store"
)

func (c *comparison) users() {
	for _, name := range slices.Sorted(maps.Keys(c.want.users)) {
		u := c.want.users[name]
		old, exists := c.is.users[name]
		switch differences := userDifferences(old, u); {
		case !exists:
			c.note(Add, "user %s%s", name, kindOf(u))
		case len(differences) > 0:
			c.note(Alter, "user %s: %s", name, strings.Join(differences, ", "))
		default:
			continue
		}
		c.plan.Snapshot.Users = append(c.plan.Snapshot.Users, u)
	}
}

func kindOf(u store.User) string {
	var words []string
	for word, holds := range map[string]bool{"admin": u.Admin, "disabled": u.Disabled, "service account": u.ServiceAccount, "without a password": u.PasswordHash == "" && !u.ServiceAccount} {
		if holds {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return ""
	}
	slices.Sort(words)
	return " (" + strings.Join(words, ", ") + ")"
}

// userDifferences leave out when the account was made, which stays what it is.
func userDifferences(old, u store.User) (all []string) {
	for _, of := range []struct {
		what    string
		old, is bool
	}{
		{"admin", old.Admin, u.Admin},
		{"disabled", old.Disabled, u.Disabled},
		{"service account", old.ServiceAccount, u.ServiceAccount},
		{"must change the password", old.MustChangePassword, u.MustChangePassword},
	} {
		if of.old != of.is {
			all = append(all, fmt.Sprintf("%s: %s → %s", of.what, yesNo(of.old), yesNo(of.is)))
		}
	}
	if u.PasswordHash != "" && u.PasswordHash != old.PasswordHash {
		all = append(all, "another password")
	}
	return all
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
