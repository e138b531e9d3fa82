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
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "extauthz: "+err.Error())
		os.Exit(1)
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "extauthz",
		Short: "MLflow authentication at the proxy",
		Long: "extauthz answers Envoy's external-authorization calls for an MLflow tracking server: who sends this request, which MLflow\n" +
			"operation is it, and may they do that to this experiment or model?",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.AddCommand(serveCommand(), initCommand(), configCommand(), envoyConfigCommand(), manifestsCommand(), routesCommand())
	return cmd
}
