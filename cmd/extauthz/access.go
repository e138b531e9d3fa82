package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"extauthz/authz"
)

// accessAnswer is what somebody may do with something, and why.
type accessAnswer struct {
	Permission string `json:"permission"`
	Reason     struct {
		By           string          `json:"by"`
		ResourceID   string          `json:"resource_id,omitzero"`
		ResourceType string          `json:"resource_type,omitzero"`
		Role         *roleNameAnswer `json:"role"`
		Text         string          `json:"text"`
	} `json:"reason"`
	ResourceID   string `json:"resource_id"`
	ResourceType string `json:"resource_type"`
	Username     string `json:"username"`
	Workspace    string `json:"workspace"`
}

func (a accessAnswer) resource() string {
	return resource{a.ResourceType, a.ResourceID, a.Workspace}.String()
}

type heldAnswer struct {
	Username    string         `json:"username"`
	IsAdmin     bool           `json:"is_admin"`
	Disabled    bool           `json:"disabled"`
	Default     *string        `json:"default_permission"`
	Permissions []accessAnswer `json:"permissions"`
}

func (s session) whatCan(username string) (held heldAnswer, err error) {
	err = s.get(ours+"access/what-can", &held, "username", username)
	return held, err
}

func whoCanCommand() *cobra.Command {
	cmd := adminCommand("who-can ACTION RESOURCE", "List who may do something to a resource, and why", func(s session, args []string) error {
		action, err := actionNamed(args[0])
		if err != nil {
			return err
		}
		r, err := parseResource(args[1], s.workspace())
		if err != nil {
			return err
		}
		var all struct {
			Users []accessAnswer `json:"users"`
		}
		err = s.in(r).get(ours+"access/who-can", &all, "action", action, "resource_type", r.kind, "resource_id", r.id)
		if err != nil {
			return err
		}
		s.noteUnknownDefault()
		t := table{head: []string{"USERNAME", "PERMISSION", "WHY"}}
		for _, u := range all.Users {
			t.row(u.Username, u.Permission, u.Reason.Text)
		}
		return s.showTable(all, t)
	})
	cmd.Long = "List who may do something to a resource, and why. ACTION is read, use, update, delete or manage, or a permission: READ, USE, EDIT, MANAGE.\n" +
		"Disabled users may nothing. What an identity provider's groups bring is known when somebody signs in, and not here."
	cmd.Example = "  extauthz who-can update experiment/7\n  extauthz who-can MANAGE 'registered_model/*'"
	return cmd
}

// actionNamed takes the permission that is needed for an action as well.
func actionNamed(text string) (string, error) {
	for a := authz.CanRead; a <= authz.CanManage; a++ {
		if strings.EqualFold(text, a.String()) || a != authz.CanDelete && strings.EqualFold(text, a.Least().String()) {
			return a.String(), nil
		}
	}
	return "", usage("%q is no action; choose read, use, update, delete or manage, or a permission: READ, USE, EDIT or MANAGE", text)
}

func whatCanCommand() *cobra.Command {
	cmd := adminCommand("what-can USERNAME", "List what a user may do, and why", func(s session, args []string) error {
		held, err := s.whatCan(args[0])
		if err != nil {
			return err
		}
		s.noteUnknownDefault()
		t := table{head: []string{"RESOURCE", "PERMISSION", "WHY"}}
		switch {
		case held.Disabled:
			t.row("everything", "-", "disabled: the user cannot sign in")
		case held.IsAdmin:
			t.row("everything", "MANAGE", "admin")
		default:
			for _, p := range held.Permissions {
				t.row(p.resource(), p.Permission, p.Reason.Text)
			}
			if held.Default != nil {
				t.row("everything else", *held.Default, "default")
			}
		}
		return s.showTable(held, t)
	})
	cmd.Long = "List what a user may do, and why: everything on which the user or one of the user's roles has a permission, and what holds for the rest."
	return cmd
}

// noteUnknownDefault: the default permission is a setting of the service, which a store file does not have.
func (s session) noteUnknownDefault() {
	if s.Flags().Changed("store") {
		fmt.Fprintln(s.ErrOrStderr(), "note: what the service's default permission gives is not in here; ask the running service for that")
	}
}
