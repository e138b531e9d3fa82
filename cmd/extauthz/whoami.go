package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

func whoamiCommand() *cobra.Command {
	cmd := adminCommand("whoami", "Show who you are at the server, and how you signed in", func(s session, _ []string) error {
		var me selfAnswer
		if err := s.get(ours+"users/current", &me); err != nil {
			return err
		}
		return s.showTable(struct {
			Server string `json:"server"`
			selfAnswer
		}{s.Settings().URL, me}, me.table(s.Settings().URL))
	})
	return cmd
}

func (me selfAnswer) table(server string) table {
	var roles []string
	for _, r := range me.Roles {
		roles = append(roles, r.String())
	}
	var t table
	t.row("server", server)
	t.row("username", me.User.Username)
	t.row("admin", yesNo(me.User.IsAdmin))
	t.row("signed in by", cmp.Or(me.Method, "password"))
	t.row("roles", cmp.Or(strings.Join(roles, ", "), "none"))
	if c := me.Credential; c != nil {
		t.row("credential", c.Name)
		t.row("expires", moment(c.ExpiresAt, "never"))
		t.row("good for", c.scope())
	}
	if me.MustChangePassword {
		t.row("next", "change the password: extauthz user set-password "+me.User.Username)
	}
	return t
}

// String leaves out the workspace that there always is.
func (r roleNameAnswer) String() string { return qualified(r.Name, r.Workspace) }

// qualified names what lies in a workspace.
func qualified(name, workspace string) string {
	if workspace == "" || workspace == "default" {
		return name
	}
	return name + " (" + workspace + ")"
}

// scope says what a token is good for.
func (c credentialAnswer) scope() string {
	var parts []string
	for _, r := range c.Resources {
		parts = append(parts, r.Permission+" on "+qualified(r.ResourceType+"/"+r.ResourceID, r.Workspace))
	}
	switch {
	case len(parts) > 0 && c.ReadOnly:
		return "reading: " + strings.Join(parts, ", ")
	case c.ReadOnly:
		return "reading"
	default:
		return cmp.Or(strings.Join(parts, ", "), "everything")
	}
}
