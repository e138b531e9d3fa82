package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func accessKeyCommand() *cobra.Command {
	return group("access-key", "Access keys, which programs sign requests with (SigV4)",
		accessKeyCreateCommand(), credentialListCommand("access-keys", "List access keys, without their secrets"),
		credentialRevokeCommand("access-keys", "access key"))
}

// newAccessKey may be temporary: then it has a session token as well.
type newAccessKey struct {
	newToken
	Temporary bool `json:"temporary,omitzero"`
}

type madeAccessKey struct {
	AccessKeyID     string           `json:"access_key_id"`
	SecretAccessKey string           `json:"secret_access_key"`
	SessionToken    string           `json:"session_token"`
	Username        string           `json:"username"`
	Credential      credentialAnswer `json:"credential"`
}

func accessKeyCreateCommand() *cobra.Command {
	var what newCredentialFlags
	var temporary bool
	cmd := adminCommand("create NAME", "Issue an access key, whose secret is shown once", func(s session, args []string) error {
		in, err := what.request(args[0])
		if err != nil {
			return err
		}
		if temporary && in.ExpiresIn == nil {
			return usage("--temporary needs --expires-in")
		}
		var made madeAccessKey
		if err := s.call("POST", ours+"access-keys/create", newAccessKey{in, temporary}, &made); err != nil {
			return err
		}
		if s.format == "text" {
			fmt.Fprintf(s.ErrOrStderr(), "access key %s for %s, expires %s; the secret is not shown again:\n",
				printable(made.Credential.Name), printable(made.Username), moment(made.Credential.ExpiresAt, "never"))
		}
		lines := "AWS_ACCESS_KEY_ID=" + made.AccessKeyID + "\nAWS_SECRET_ACCESS_KEY=" + made.SecretAccessKey
		if made.SessionToken != "" {
			lines += "\nAWS_SESSION_TOKEN=" + made.SessionToken
		}
		if s.format == "json" {
			return printJSON(s.OutOrStdout(), made)
		}
		_, err = fmt.Fprintln(s.OutOrStdout(), lines)
		return err
	})
	what.flags(cmd)
	cmd.Flags().BoolVar(&temporary, "temporary", false, "with a session token; needs --expires-in")
	return cmd
}
