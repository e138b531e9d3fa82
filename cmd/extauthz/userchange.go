package main

import "github.com/spf13/cobra"

func userRenameCommand() *cobra.Command {
	cmd := adminCommand("rename USERNAME NEW-USERNAME", "Give an account another name; it keeps all that it has", func(s session, args []string) error {
		in := map[string]string{"username": args[0], "new_username": args[1]}
		if err := s.call("PATCH", ours+"users/rename", in, nil); err != nil {
			return err
		}
		return s.say(in, "renamed user %s to %s", args[0], args[1])
	})
	return cmd
}

func userDisableCommand() *cobra.Command {
	return userDisabledCommand("disable USERNAME", "Keep a user from signing in by any credential; the account keeps all that it has", true, "disabled")
}

func userEnableCommand() *cobra.Command {
	return userDisabledCommand("enable USERNAME", "Let a disabled user sign in again", false, "enabled")
}

func userDisabledCommand(use, short string, disabled bool, done string) *cobra.Command {
	return adminCommand(use, short, func(s session, args []string) error {
		in := map[string]any{"username": args[0], "disabled": disabled}
		if err := s.call("PATCH", ours+"users/update-disabled", in, nil); err != nil {
			return err
		}
		return s.say(in, "%s user %s", done, args[0])
	})
}

func userDeleteCommand() *cobra.Command {
	return adminCommand("delete USERNAME", "Delete an account with its permissions, roles and tokens", func(s session, args []string) error {
		if err := s.call("DELETE", p2+"users/delete", byUsername{args[0]}, nil); err != nil {
			return err
		}
		return s.say(byUsername{args[0]}, "deleted user %s", args[0])
	})
}

func userSetAdminCommand() *cobra.Command {
	cmd := adminCommand("set-admin USERNAME yes|no", "Make a user an admin, or no longer one", func(s session, args []string) error {
		admin, ok := map[string]bool{"yes": true, "true": true, "no": false, "false": false}[args[1]]
		if !ok {
			return usage("%q: say yes or no", args[1])
		}
		if err := s.setAdmin(args[0], admin); err != nil {
			return err
		}
		is := map[bool]string{true: "an admin", false: "no admin"}
		return s.say(map[string]any{"username": args[0], "is_admin": admin}, "user %s is %s", args[0], is[admin])
	})
	return cmd
}

func (s session) setAdmin(username string, admin bool) error {
	return s.call("PATCH", p2+"users/update-admin", map[string]any{"username": username, "is_admin": admin}, nil)
}
