package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"extauthz/authz"
)

func roleListCommand() *cobra.Command {
	var everywhere bool
	cmd := adminCommand("list", "List roles", func(s session, _ []string) error {
		workspace := cmp.Or(s.workspace(), authz.DefaultWorkspace)
		if everywhere {
			workspace = ""
		}
		all, err := s.roles(workspace)
		if err != nil {
			return err
		}
		t := table{head: []string{"ROLE", "WORKSPACE", "DEFAULT", "PERMISSIONS", "DESCRIPTION"}}
		for _, r := range all {
			t.row(r.Name, r.Workspace, cmp.Or(r.DefaultPermission, "-"), number(uint64(len(r.Permissions))), r.description())
		}
		return s.showTable(map[string]any{"roles": all}, t)
	})
	cmd.Flags().BoolVar(&everywhere, "all-workspaces", false, "in all workspaces")
	return cmd
}

func (r roleAnswer) description() string {
	if r.Description == nil {
		return ""
	}
	return *r.Description
}

// shownRole is a role with what it holds and who has it.
type shownRole struct {
	roleAnswer
	Members []string `json:"members"`
}

func roleShowCommand() *cobra.Command {
	return adminCommand("show ROLE", "Show a role, what it holds, and who has it", func(s session, args []string) error {
		r, err := s.role(args[0])
		if err != nil {
			return err
		}
		members, err := s.members(r.ID)
		if err != nil {
			return err
		}
		return s.showTable(shownRole{r, members}, shownRole{r, members}.table())
	})
}

// members are the names of who has the role. The endpoint has their ids.
func (s session) members(role uint64) ([]string, error) {
	var assigned struct {
		Assignments []struct {
			UserID uint64 `json:"user_id"`
		} `json:"assignments"`
	}
	var users struct {
		Users []userAnswer `json:"users"`
	}
	if err := s.get(p3+"roles/users/list", &assigned, "role_id", number(role)); err != nil {
		return nil, err
	}
	if err := s.get(p2+"users/list", &users); err != nil {
		return nil, err
	}
	called := map[uint64]string{}
	for _, u := range users.Users {
		called[u.ID] = u.Username
	}
	names := []string{}
	for _, a := range assigned.Assignments {
		names = append(names, cmp.Or(called[a.UserID], "user "+number(a.UserID)))
	}
	return names, nil
}

func (r shownRole) table() table {
	var t table
	t.row("role", r.Name)
	t.row("workspace", r.Workspace)
	t.row("description", cmp.Or(r.description(), "-"))
	t.row("default", cmp.Or(r.DefaultPermission, "-"))
	t.row("members", cmp.Or(strings.Join(r.Members, ", "), "none"))
	for _, p := range r.Permissions {
		t.row("holds", p.Permission+" on "+resource{p.ResourceType, p.ResourcePattern, r.Workspace}.String())
	}
	return t
}
