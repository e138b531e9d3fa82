package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"extauthz/authz"
	"extauthz/internal/client"
)

func userSetPasswordCommand() *cobra.Command {
	var password passwordFlag
	cmd := adminCommand("set-password [USERNAME]", "Change a password: your own, or by an admin anybody's", func(s session, args []string) error {
		var me selfAnswer
		if err := s.get(ours+"users/current", &me); err != nil {
			return err
		}
		username := append(args, me.User.Username)[0]
		in := map[string]string{"username": username}
		own := username == me.User.Username
		if own && password.stdin && cmp.Or(me.Method, string(authz.ByPassword)) != string(authz.ByPassword) {
			return usage("your own password changes only with the current one, and you are signed in without it: set MLFLOW_TRACKING_USERNAME and " +
				"MLFLOW_TRACKING_PASSWORD, or leave --password-stdin out to be asked for both")
		}
		if err := password.askCurrent(s, in, own); err != nil {
			return err
		}
		var err error
		if in["password"], err = password.chosen(s.Command, username); err != nil {
			return err
		}
		if err := s.call("PATCH", p2+"users/update-password", in, nil); err != nil {
			return err
		}
		return errors.Join(keepSaved(s, username, in["password"]), s.say(byUsername{username}, "changed the password of %s", username))
	})
	cmd.Long = "Change a password, which is asked for without showing it. It holds from the next request on: whoever uses the old one has to sign in again.\n" +
		"Where the old one was saved in ~/.mlflow/credentials, the new one is."
	password.flag(cmd)
	return cmd
}

// askCurrent proves that it is still the user who sits here, where there is somebody to ask.
func (p passwordFlag) askCurrent(s session, in map[string]string, own bool) error {
	if !own || p.stdin {
		return nil
	}
	current, err := onTerminal(func(t *terminal) (string, error) {
		return t.secret(s.Context(), fmt.Sprintf("Current password of %s: ", in["username"]))
	})
	in["current_password"] = current
	return err
}

// keepSaved replaces the saved password, if it was the one that is no longer.
func keepSaved(s session, username, password string) error {
	file, saved, err := savedLogin()
	used := s.Settings()
	if err != nil || saved.Username != username || saved.Username != used.Username || saved.Password != used.Password {
		return err
	}
	return file.Write(client.Login{Username: username, Password: password})
}
