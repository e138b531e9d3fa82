// Command extauthz authorizes requests to an MLflow tracking server for Envoy. `extauthz help` lists what it can do.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, root())
	stop()
	os.Exit(code)
}

// run returns the exit code: 0, 1 when it did not work, 2 when it was called in a way that cannot.
func run(ctx context.Context, cmd *cobra.Command) int {
	begun := false
	noteBeginning(cmd, &begun)
	ran, err := cmd.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	w := cmd.ErrOrStderr()
	fmt.Fprintln(w, "extauthz: "+printableLines(err.Error()))
	if begun && !isUsage(err) {
		return 1
	}
	fmt.Fprintf(w, "hint: `%s --help` shows how it is called\n", ran.CommandPath())
	return 2
}

func root() *cobra.Command {
	cmd := group("extauthz", "MLflow authentication at the proxy",
		serveCommand(), initCommand(), configCommand(), envoyConfigCommand(), manifestsCommand(), routesCommand(), healthcheckCommand(),
		loginCommand(), logoutCommand(), whoamiCommand(), userCommand(), roleCommand(), grantCommand(), revokeCommand(),
		whoCanCommand(), whatCanCommand(), explainCommand(), tokenCommand(), accessKeyCommand(),
		exportCommand(), importCommand(), diffCommand(), applyCommand(),
		backupCommand(), restoreCommand(), checkCommand(), compactCommand(), adminCommandGroup(), auditCommand(),
	)
	cmd.Long = "extauthz answers Envoy's external-authorization calls for an MLflow tracking server: who sends this request, which MLflow\n" +
		"operation is it, and may they do that to this experiment or model?"
	cmd.Version = versionText()
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	return cmd
}
