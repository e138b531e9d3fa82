package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/internal/app"
)

func serveCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve Envoy's checks and the auth REST API",
		Long: "Serve Envoy's checks and MLflow's auth REST API.\n\n" +
			"The first admin comes from MLFLOW_AUTH_ADMIN_USERNAME and MLFLOW_AUTH_ADMIN_PASSWORD, or from admin_username and admin_password\n" +
			"of the basic_auth.ini that --auth-config or MLFLOW_AUTH_CONFIG_PATH names. MLFLOW_FLASK_SERVER_SECRET_KEY, a long random text, keeps\n" +
			"page tokens valid over restarts and across replicas. Every flag is also an environment variable: --grpc-listen is\n" +
			"EXTAUTHZ_GRPC_LISTEN.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd); err != nil {
				return err
			}
			config, err := o.resolve()
			if err != nil {
				return err
			}
			return serve(cmd, config)
		},
	}
	o.flags(cmd)
	return cmd
}

// serveOptions are the flags as they were given.
type serveOptions struct {
	config            app.Config
	defaultPermission string
	authConfig        string
	grantDefault      bool
	trustedProxies    []string
	creators          []string
	tokenHeaders      []string
	certificateRules  []string
	identityHeaders   []string
}

func (o *serveOptions) flags(cmd *cobra.Command) {
	f, c := cmd.Flags(), &o.config
	f.StringVar(&c.StorePath, "store", "extauthz.db", "file with users and grants")
	f.BoolVar(&c.Init, "init", false, "create the store when there has never been one")
	f.StringVar(&c.GRPCListen, "grpc-listen", "127.0.0.1:9191", "address for Envoy: host:port or unix:///path")
	f.StringVar(&c.AdminListen, "admin-listen", "127.0.0.1:8080", "address of the auth REST API")
	f.StringVar(&c.DiagnosticsListen, "diagnostics-listen", "127.0.0.1:9090", "address of /healthz, /readyz and /metrics")
	f.StringVar(&c.GRPCTLS.Certificate, "grpc-tls-cert", "", "certificate chain for --grpc-listen, read again when it changes (plain by default)")
	f.StringVar(&c.GRPCTLS.Key, "grpc-tls-key", "", "its key")
	f.StringVar(&c.GRPCTLS.ClientCA, "grpc-client-ca", "", "authorities of Envoy's certificate, which is then required")
	f.StringSliceVar(&c.GRPCTLS.ClientNames, "grpc-client-name", nil, "URI or DNS name that Envoy's certificate must have (any of --grpc-client-ca by default)")
	f.BoolVar(&c.TrustGRPCNetwork, "trust-grpc-network", false, "the network lets nobody but Envoy reach --grpc-listen")
	f.StringVar(&c.AdminTLS.Certificate, "admin-tls-cert", "", "certificate chain for --admin-listen, read again when it changes (plain by default)")
	f.StringVar(&c.AdminTLS.Key, "admin-tls-key", "", "its key")
	f.StringVar(&c.AdminTLS.ClientCA, "admin-client-ca", "", "authorities of clients' certificates; a client may show one, or sign in otherwise")
	f.StringVar(&c.MLflowURL, "mlflow-url", "http://127.0.0.1:5000", "MLflow behind the proxy, to ask who owns a run")
	f.StringVar(&c.StaticPrefix, "static-prefix", "", "MLflow's --static-prefix")
	f.StringVar(&o.defaultPermission, "default-permission", "", "permission on what nothing is granted on (READ unless basic_auth.ini says otherwise)")
	f.BoolVar(&c.Workspaces, "workspaces", false, "MLflow runs with --enable-workspaces")
	f.BoolVar(&o.grantDefault, "grant-default-workspace-access", false, "with --workspaces: the default permission holds in the default workspace")
	f.StringArrayVar(&o.creators, "creators", nil, "who may create what, besides admins: experiment=admins, prompt=roles:a,b, registered_model=everyone (the default)")
	f.StringVar(&o.authConfig, "auth-config", os.Getenv("MLFLOW_AUTH_CONFIG_PATH"), "MLflow's basic_auth.ini")
	f.BoolVar(&c.AllowDefaultPassword, "allow-default-password", false, "for development: MLflow's documented default password may be kept")
	f.StringVar(&c.AccessKeySecretFile, "access-key-secret-file", "", "file with a secret on each line that encrypt those of access keys (SigV4); the first one seals")
	f.StringVar(&c.SigV4Region, "sigv4-region", "", "region that signatures must be for (any by default)")
	f.BoolVar(&c.SigV4UnverifiedBodies, "sigv4-unverified-bodies", false, "accept signed uploads of artifacts, whose body is not shown to the check")
	f.BoolVar(&c.SigV4WholeQueries, "sigv4-whole-queries", false, "refuse signatures that leave out values of a repeated parameter, as MLflow's signer does")
	f.StringArrayVar(&o.tokenHeaders, "token-header", nil, "further header that carries a token, with its scheme if it has one: X-Api-Key, or \"Authorization Token\"")
	f.StringArrayVar(&o.certificateRules, "certificate-rule", nil, `how a client certificate names its user: uri=^spiffe://example\.com/user/(.+)$ (or dns=, email=, cn=)`)
	f.StringArrayVar(&o.identityHeaders, "identity-header", nil, "header with the username, and the peers that may send it: \"X-Forwarded-User from 10.1.2.0/24\"")
	f.DurationVar(&c.MaxCredentialAge, "max-credential-age", 0, "how long tokens and access keys live at most (0: no limit)")
	f.StringSliceVar(&o.trustedProxies, "trusted-proxies", nil, "networks whose X-Forwarded-For the auth REST API believes (loopback by default)")
	f.IntVar(&c.MaxRequestBytes, "max-request-bytes", 8<<20, "largest request body that Envoy sends along")
	f.IntVar(&c.MaxResponseBytes, "max-response-bytes", 32<<20, "largest response body that Envoy hands over")
	f.IntVar(&c.CacheEntries, "cache-entries", 200_000, "runs and logged models whose experiment is remembered")
	f.BoolVar(&c.LogAllowed, "log-allowed", false, "log allowed requests, too")
}

// resolve puts flags, environment and basic_auth.ini together, in this order of precedence.
func (o *serveOptions) resolve() (app.Config, error) {
	c := o.config
	var ini app.AuthINI
	var err error
	if o.authConfig != "" {
		if ini, err = app.ReadAuthINI(o.authConfig); err != nil {
			return c, err
		}
	}
	c.AdminUsername = environmentOr("MLFLOW_AUTH_ADMIN_USERNAME", ini.AdminUsername)
	c.AdminPassword = environmentOr("MLFLOW_AUTH_ADMIN_PASSWORD", ini.AdminPassword)
	c.SecretKey = os.Getenv("MLFLOW_FLASK_SERVER_SECRET_KEY")
	c.GrantDefaultWorkspace = o.grantDefault || ini.GrantDefaultWorkspaceAccess
	c.DefaultPermission = cmp.Or(ini.DefaultPermission, authz.Read)
	if o.defaultPermission != "" {
		if c.DefaultPermission, err = authz.ParsePermission(o.defaultPermission); err != nil {
			return c, errors.New("--default-permission: " + err.Error())
		}
	}
	for _, text := range o.tokenHeaders {
		header, scheme, _ := strings.Cut(text, " ")
		c.Carriers = append(c.Carriers, credential.Carrier{Header: header, Scheme: scheme})
	}
	if c.Certificates, err = app.ParseCertificateRules(o.certificateRules); err != nil {
		return c, errors.New("--certificate-rule: " + err.Error())
	}
	if c.IdentityHeaders, err = app.ParseIdentityHeaders(o.identityHeaders); err != nil {
		return c, errors.New("--identity-header: " + err.Error())
	}
	if c.Creators, err = app.ParseCreators(o.creators); err != nil {
		return c, errors.New("--creators: " + err.Error())
	}
	if c.BareWorkspaces, err = bareWorkspaces(); err != nil {
		return c, err
	}
	for _, text := range o.trustedProxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return c, errors.New("--trusted-proxies: " + err.Error())
		}
		c.TrustedProxies = append(c.TrustedProxies, p)
	}
	return c, nil
}

// bareWorkspaces is MLflow's own variable, which is true unless it is set.
func bareWorkspaces() (bool, error) {
	const name = "MLFLOW_RBAC_SEED_DEFAULT_ROLES"
	switch value := strings.ToLower(os.Getenv(name)); value {
	case "", "true", "1":
		return false, nil
	case "false", "0":
		return true, nil
	default:
		return false, fmt.Errorf("%s=%s: want true or false", name, value)
	}
}

// environmentOr prefers a variable that is set, even to nothing: an empty injected secret must not fall back to an old one, as in MLflow.
func environmentOr(name, otherwise string) string {
	if value, set := os.LookupEnv(name); set {
		return value
	}
	return otherwise
}

// calmGC lets the heap, of which little lives longer than a check, grow to five times that before it is collected, not to twice.
func calmGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func serve(cmd *cobra.Command, c app.Config) error {
	calmGC()
	log := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil))
	a, err := app.New(cmd.Context(), c, log)
	if err != nil {
		return err
	}
	if err := a.Start(cmd.Context()); err != nil {
		return errors.Join(err, a.Close())
	}
	select {
	case <-cmd.Context().Done():
		log.Info("draining")
	case err = <-a.Failed():
	}
	return errors.Join(err, a.Drain())
}
