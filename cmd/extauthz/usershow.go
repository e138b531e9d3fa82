package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// shownUser is an account with what it has.
type shownUser struct {
	User        userAnswer       `json:"user"`
	Roles       []roleNameAnswer `json:"roles"`
	Permissions []accessAnswer   `json:"permissions"`
	Default     *string          `json:"default_permission"`
}

func userShowCommand() *cobra.Command {
	return adminCommand("show USERNAME", "Show an account, its roles, and what it may do", func(s session, args []string) error {
		users, err := s.accounts()
		if err != nil {
			return err
		}
		var shown shownUser
		for _, u := range users {
			if u.Username == args[0] {
				shown.User = u
			}
		}
		if shown.User.Username == "" {
			return fmt.Errorf("there is no user %q\nhint: `extauthz user list` shows who there is", args[0])
		}
		if err := s.complete(&shown); err != nil {
			return err
		}
		return s.showTable(shown, shown.table())
	})
}

// complete adds the roles, less the hidden ones that stand for what is granted directly, and the permissions.
func (s session) complete(u *shownUser) error {
	var roles struct {
		Roles []roleNameAnswer `json:"roles"`
	}
	if err := s.get(p3+"users/roles/list", &roles, "username", u.User.Username); err != nil {
		return err
	}
	for _, r := range roles.Roles {
		if r.ID != u.User.ID {
			u.Roles = append(u.Roles, r)
		}
	}
	held, err := s.whatCan(u.User.Username)
	u.Permissions, u.Default = held.Permissions, held.Default
	return err
}

func (u shownUser) table() table {
	var roles []string
	for _, r := range u.Roles {
		roles = append(roles, r.String())
	}
	var t table
	t.row("username", u.User.Username)
	t.row("id", number(u.User.ID))
	t.row("state", u.User.state())
	t.row("created", moment(&u.User.CreatedAt, "-"))
	t.row("roles", cmp.Or(strings.Join(roles, ", "), "none"))
	for _, p := range u.Permissions {
		t.row("may", p.Permission+" on "+p.resource()+"  ("+p.Reason.Text+")")
	}
	if u.Default != nil && *u.Default != "" {
		t.row("may", *u.Default+" on everything else  (default)")
	}
	return t
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }
