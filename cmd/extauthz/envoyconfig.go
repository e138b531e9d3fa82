package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"extauthz/envoy/bootstrap"
)

func envoyConfigCommand() *cobra.Command {
	var o bootstrap.Options
	cmd := &cobra.Command{
		Use:   "envoy-config",
		Short: "Print Envoy's bootstrap configuration",
		Long: "Print a complete bootstrap configuration for Envoy (JSON), rendered from the route table. With TLS, small files that say where\n" +
			"certificates are go into --secrets-dir; Envoy reads what they name again whenever it changes.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd); err != nil {
				return err
			}
			if err := absolutePaths(&o); err != nil {
				return err
			}
			text, err := bootstrap.Render(o)
			if err != nil {
				return err
			}
			if err := writeSecrets(o); err != nil {
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
	f.StringVar(&o.TLS.Certificate, "tls-cert", "", "certificate chain of the public listener (plain HTTP by default)")
	f.StringVar(&o.TLS.Key, "tls-key", "", "its key")
	f.StringVar(&o.TLS.ClientCA, "client-ca", "", "authorities of clients' certificates, which are then asked for")
	f.StringVar(&o.TLS.ClientCRL, "client-crl", "", "revocation lists of those authorities")
	f.BoolVar(&o.TLS.RequireClientCertificate, "require-client-cert", false, "turn away clients without a certificate")
	f.StringVar(&o.ServiceTLS.CA, "service-ca", "", "authorities of extauthz's certificates: TLS to --check and --auth-api, unless on a unix socket")
	f.StringVar(&o.ServiceTLS.Name, "service-name", "", "the DNS name, address or URI that extauthz's certificates must have")
	f.StringVar(&o.ServiceTLS.Certificate, "service-cert", "", "the certificate that Envoy shows to extauthz")
	f.StringVar(&o.ServiceTLS.Key, "service-key", "", "its key")
	f.StringVar(&o.SecretsDir, "secrets-dir", "", "with TLS: where files that name certificates are written, and where Envoy finds them")
	f.StringVar(&o.Tracing.Collector, "tracing-collector", "", "OpenTelemetry collector that takes Envoy's spans as OTLP over gRPC: host:port or unix:///path (no traces by default)")
	f.Float64Var(&o.Tracing.Percent, "tracing-percent", 0, "how many of a hundred requests are traced (all by default)")
	signInFlags(f, &o.OAuth2)
	return cmd
}

// absolutePaths makes paths mean the same wherever Envoy runs.
func absolutePaths(o *bootstrap.Options) error {
	for _, path := range []*string{
		&o.TLS.Certificate, &o.TLS.Key, &o.TLS.ClientCA, &o.TLS.ClientCRL,
		&o.ServiceTLS.CA, &o.ServiceTLS.Certificate, &o.ServiceTLS.Key, &o.SecretsDir,
	} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	return nil
}

func writeSecrets(o bootstrap.Options) error {
	files, err := bootstrap.Secrets(o)
	if err != nil || len(files) == 0 {
		return err
	}
	if err := os.MkdirAll(o.SecretsDir, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(o.SecretsDir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
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
