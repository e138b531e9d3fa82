package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	signInFlags(f, &o.OAuth2)
	return cmd
}

// signInFlags are those of single sign-on.
func signInFlags(f *pflag.FlagSet, a *bootstrap.OAuth2) {
	f.StringVar(&a.AuthorizationEndpoint, "oauth2-authorization-endpoint", "", "URL of the OpenID provider where browsers sign in (no single sign-on by default)")
	f.StringVar(&a.TokenEndpoint, "oauth2-token-endpoint", "", "URL where Envoy trades codes for tokens")
	f.StringVar(&a.EndSessionEndpoint, "oauth2-end-session-endpoint", "", "URL where browsers sign out of the provider, too")
	f.StringVar(&a.ClientID, "oauth2-client-id", "", "what the provider calls this site")
	f.StringVar(&a.ClientSecret, "oauth2-client-secret-file", "", "file with the secret "+bootstrap.ClientSecretName+", as Envoy's SDS has it")
	f.StringVar(&a.HMACSecret, "oauth2-hmac-secret-file", "", "file with the secret "+bootstrap.HMACSecretName+", which seals sessions, as Envoy's SDS has it")
	f.StringSliceVar(&a.Scopes, "oauth2-scope", nil, "scopes to ask for (openid, profile and email by default)")
	f.BoolVar(&a.IDToken, "oauth2-id-token", false, "the ID token is the credential, not the access token; extauthz needs --token-header "+bootstrap.IDTokenHeader)
	f.StringVar(&a.CA, "oauth2-ca-file", "", "authorities of the token endpoint's certificate (Debian's by default)")
	f.StringVar(&a.PublicURL, "oauth2-public-url", "", "this site as browsers see it, if that is not what reaches Envoy: https://mlflow.example.com")
}
