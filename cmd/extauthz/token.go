package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func tokenCommand() *cobra.Command {
	return group("token", "Tokens, which programs sign in with", tokenCreateCommand(), tokenListCommand(), tokenRevokeCommand())
}

func tokenCreateCommand() *cobra.Command {
	var what newCredentialFlags
	cmd := adminCommand("create NAME", "Issue a token, which is shown once", func(s session, args []string) error {
		in, err := what.request(args[0])
		if err != nil {
			return err
		}
		var made madeToken
		if err := s.call("POST", ours+"tokens/create", in, &made); err != nil {
			return err
		}
		if s.format == "text" {
			fmt.Fprintf(s.ErrOrStderr(), "token %s for %s, good for %s, expires %s; it is not shown again:\n",
				printable(made.Credential.Name), printable(made.Username), printable(made.Credential.scope()), moment(made.Credential.ExpiresAt, "never"))
		}
		return s.say(made, "%s", made.Token)
	})
	cmd.Long = "Issue a token. It goes to standard output and nothing else does. MLflow's client sends what MLFLOW_TRACKING_TOKEN holds, and takes a token\n" +
		"as the password, too."
	cmd.Example = "  extauthz token create laptop --expires-in 90d\n" +
		"  extauthz token create dashboard --user reports --read-only --resource experiment/7=READ"
	what.flags(cmd)
	return cmd
}

func tokenListCommand() *cobra.Command {
	return credentialListCommand("tokens", "List tokens, without what they are")
}

func tokenRevokeCommand() *cobra.Command { return credentialRevokeCommand("tokens", "token") }
