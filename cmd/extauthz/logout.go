package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"extauthz/authz/credential"
	"extauthz/internal/client"
)

func logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "logout [URL]",
		Short: "Forget the saved credential, and revoke it if it is a token",
		Long: "Take the credential out of ~/.mlflow/credentials, where `extauthz login` saved it, and revoke it if it is a token. What else is in that\n" +
			"file stays. The URL is MLFLOW_TRACKING_URI when it is left out.",
		Args: asUsed,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, old, err := savedLogin()
			if err != nil {
				return err
			}
			revoked, refusal := revokeSaved(cmd, cmp.Or(append(args, os.Getenv("MLFLOW_TRACKING_URI"))...), old)
			deleted, err := file.Delete()
			switch {
			case err != nil:
				return errors.Join(err, refusal)
			case !deleted:
				fmt.Fprintln(cmd.OutOrStdout(), "nobody is signed in")
			case revoked:
				fmt.Fprintf(cmd.OutOrStdout(), "signed out %s, and revoked the token\n", old.Username)
			default:
				fmt.Fprintf(cmd.OutOrStdout(), "signed out %s\n", old.Username)
			}
			return refusal
		},
	}
}

// revokeSaved ends a saved token. One that the server does not accept has ended before.
func revokeSaved(cmd *cobra.Command, server string, saved client.Login) (bool, error) {
	if _, err := credential.ParseToken(saved.Password); err != nil {
		return false, nil
	}
	if server == "" {
		return false, notRevoked(errors.New("no server is named: give its URL, or set MLFLOW_TRACKING_URI"))
	}
	s, me, err := signIn(cmd, server, saved)
	if errors.Is(err, errNotAccepted) {
		return false, nil
	}
	if err == nil && me.Credential == nil {
		err = errors.New("the server does not say which token it is")
	}
	if err == nil {
		err = revokeToken(s, me.Credential.Name)
	}
	if err != nil {
		return false, notRevoked(err)
	}
	return true, nil
}

func notRevoked(err error) error {
	return fmt.Errorf("the token is still good, for whoever has it: %w\nhint: sign in and `extauthz token revoke %q`", err, loginTokenName())
}
