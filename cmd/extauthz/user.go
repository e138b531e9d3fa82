package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

func userCommand() *cobra.Command {
	return group("user", "Accounts: who there is, and who may sign in",
		userCreateCommand(), userListCommand(), userShowCommand(), userRenameCommand(), userDisableCommand(), userEnableCommand(),
		userDeleteCommand(), userSetPasswordCommand(), userSetAdminCommand(), userCreateServiceAccountCommand())
}

// byUsername is the input of most requests about a user.
type byUsername struct {
	Username string `json:"username"`
}

// accounts are all of them, for admins.
func (s session) accounts() ([]userAnswer, error) {
	var all struct {
		Users []userAnswer `json:"users"`
	}
	err := s.get(ours+"users/list", &all)
	return all.Users, err
}

// state is what is unusual about an account.
func (u userAnswer) state() string {
	var all []string
	for _, of := range []struct {
		holds bool
		word  string
	}{{u.IsAdmin, "admin"}, {u.ServiceAccount, "service account"}, {u.Disabled, "disabled"}, {u.MustChangePassword, "must change password"}} {
		if of.holds {
			all = append(all, of.word)
		}
	}
	return cmp.Or(strings.Join(all, ", "), "-")
}
