package main

import (
	"github.com/spf13/cobra"

	"extauthz/envoy/bootstrap"
)

func envoyConfigCommand() *cobra.Command {
	var o bootstrap.Options
	cmd := &cobra.Command{
		Use:   "envoy-config",
		Short: "Print Envoy's bootstrap configuration",
		Long:  "Print a complete bootstrap configuration for Envoy (JSON), rendered from the route table.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd); err != nil {
				return err
			}
			text, err := bootstrap.Render(o)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "127.0.0.1:5050", "Envoy's public address")
	f.StringVar(&o.MLflow, "mlflow", "127.0.0.1:5000", "MLflow's address")
	f.StringVar(&o.Check, "check", "127.0.0.1:9191", "extauthz for Envoy: host:port or unix:///path")
	f.StringVar(&o.AuthAPI, "auth-api", "127.0.0.1:8080", "extauthz's auth REST API")
	f.StringSliceVar(&o.Domains, "domain", nil, "host names that clients use, without port (loopback names by default)")
	f.StringVar(&o.StaticPrefix, "static-prefix", "", "MLflow's --static-prefix")
	f.Uint32Var(&o.MaxRequestBytes, "max-request-bytes", 0, "largest request body but artifact uploads (8 MiB by default)")
	f.Uint32Var(&o.MaxResponseBytes, "max-response-bytes", 0, "largest response body that has to be filtered (32 MiB by default)")
	f.StringVar(&o.AdminListen, "envoy-admin", "", "address of Envoy's own admin endpoint (none by default)")
	return cmd
}
