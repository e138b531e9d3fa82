package main

import "github.com/spf13/cobra"

func userListCommand() *cobra.Command {
	return adminCommand("list", "List accounts", func(s session, _ []string) error {
		users, err := s.accounts()
		if err != nil {
			return err
		}
		t := table{head: []string{"USERNAME", "STATE", "CREATED", "ID"}}
		for _, u := range users {
			t.row(u.Username, u.state(), moment(&u.CreatedAt, "-"), number(u.ID))
		}
		return s.showTable(map[string]any{"users": users}, t)
	})
}
