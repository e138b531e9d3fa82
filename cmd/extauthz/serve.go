package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"extauthz/authz"
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
	logLevel          string
}

func (o *serveOptions) flags(cmd *cobra.Command) {
	f, c := cmd.Flags(), &o.config
	f.StringVar(&c.StorePath, "store", "extauthz.db", "file with users and grants")
	f.BoolVar(&c.Init, "init", false, "create the store when there has never been one")
	f.StringVar(&c.GRPCListen, "grpc-listen", "127.0.0.1:9191", "address for Envoy: host:port or unix:///path")
	f.StringVar(&c.AdminListen, "admin-listen", "127.0.0.1:8080", "address of the auth REST API")
	f.StringVar(&c.DiagnosticsListen, "diagnostics-listen", "127.0.0.1:9090", "address of /healthz, /readyz and /metrics")
	f.StringVar(&c.MLflowURL, "mlflow-url", "http://127.0.0.1:5000", "MLflow behind the proxy, to ask who owns a run")
	f.StringVar(&c.StaticPrefix, "static-prefix", "", "MLflow's --static-prefix")
	f.StringVar(&o.defaultPermission, "default-permission", "", "permission on what nothing is granted on (READ unless basic_auth.ini says otherwise)")
	f.BoolVar(&c.Workspaces, "workspaces", false, "MLflow runs with --enable-workspaces")
	f.BoolVar(&o.grantDefault, "grant-default-workspace-access", false, "with --workspaces: the default permission holds in the default workspace")
	f.StringVar(&o.authConfig, "auth-config", os.Getenv("MLFLOW_AUTH_CONFIG_PATH"), "MLflow's basic_auth.ini")
	f.BoolVar(&c.AllowDefaultPassword, "allow-default-password", false, "for development: MLflow's documented default password may be kept")
	f.StringSliceVar(&o.trustedProxies, "trusted-proxies", nil, "networks whose X-Forwarded-For the auth REST API believes (loopback by default)")
	f.IntVar(&c.MaxRequestBytes, "max-request-bytes", 8<<20, "largest request body that Envoy sends along")
	f.IntVar(&c.MaxResponseBytes, "max-response-bytes", 32<<20, "largest response body that Envoy hands over")
	f.IntVar(&c.CacheEntries, "cache-entries", 200_000, "runs and logged models whose experiment is remembered")
	f.BoolVar(&c.LogAllowed, "log-allowed", false, "log allowed requests, too")
	f.StringVar(&o.logLevel, "log-level", "info", "least of what is logged beside decisions: debug, info, warn or error")
	f.StringVar(&c.PprofListen, "pprof-listen", "", "loopback address of Go's profiles (off by default)")
	f.DurationVar(&c.ShutdownDelay, "shutdown-delay", 0, "how long to go on serving after the health service has said NOT_SERVING")
}

// resolve puts flags, environment and basic_auth.ini together, in this order of precedence.
func (o *serveOptions) resolve() (app.Config, error) {
	c := o.config
	c.Version, c.Revision = version, revision
	var ini app.AuthINI
	err := c.LogLevel.UnmarshalText([]byte(o.logLevel))
	if err != nil {
		return c, fmt.Errorf("--log-level %q: choose debug, info, warn or error", o.logLevel)
	}
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
	for _, text := range o.trustedProxies {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return c, errors.New("--trusted-proxies: " + err.Error())
		}
		c.TrustedProxies = append(c.TrustedProxies, p)
	}
	return c, nil
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
	log := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelDebug})) // --log-level is applied within
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
