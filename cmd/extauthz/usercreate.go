package main

import "github.com/spf13/cobra"

func userCreateCommand() *cobra.Command {
	var password passwordFlag
	var admin bool
	cmd := adminCommand("create USERNAME", "Make an account with a password", func(s session, args []string) error {
		secret, err := password.chosen(s.Command, args[0])
		if err != nil {
			return err
		}
		if err := s.call("POST", p2+"users/create", map[string]string{"username": args[0], "password": secret}, nil); err != nil {
			return err
		}
		if admin {
			if err := s.setAdmin(args[0], true); err != nil {
				return err
			}
		}
		return s.say(map[string]any{"username": args[0], "is_admin": admin}, "created user %s", args[0])
	})
	cmd.Long = "Make an account with a password, which is asked for without showing it. What nobody can sign in to with a password is a service account:\n" +
		"extauthz user create-service-account."
	password.flag(cmd)
	cmd.Flags().BoolVar(&admin, "admin", false, "the user is an admin")
	return cmd
}

func userCreateServiceAccountCommand() *cobra.Command {
	return adminCommand("create-service-account USERNAME", "Make an account for a program, which has tokens and never a password",
		func(s session, args []string) error {
			if err := s.call("POST", ours+"users/create-service-account", byUsername{args[0]}, nil); err != nil {
				return err
			}
			return s.say(byUsername{args[0]}, "created service account %s; give it a token: extauthz token create NAME --user %[1]s", args[0])
		})
}
