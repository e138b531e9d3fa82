package main

import (
	"errors"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"extauthz/internal/app"
	"extauthz/internal/config"
)

func serveCommand() *cobra.Command {
	var flags *config.Flags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve Envoy's checks and the auth REST API",
		Long: "Serve Envoy's checks and MLflow's auth REST API.\n\n" +
			"Every flag is also an environment variable (--grpc-listen is EXTAUTHZ_GRPC_LISTEN) and a key of the YAML file that --config names\n" +
			"(grpc_listen). A flag beats a variable, which beats the file, which beats MLflow's basic_auth.ini. `extauthz config print` shows\n" +
			"what comes of it. After SIGHUP, or when one of the files has changed, they are read again. The first admin may also come from\n" +
			"MLFLOW_AUTH_ADMIN_USERNAME and MLFLOW_AUTH_ADMIN_PASSWORD, as in MLflow.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd, config.Sources{Flags: flags, Environ: os.Environ()})
		},
	}
	flags = config.AddFlags(cmd.Flags())
	return cmd
}

// calmGC lets the heap, of which little lives longer than a check, grow to five times that before it is collected, not to twice.
func calmGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func serve(cmd *cobra.Command, sources config.Sources) error {
	calmGC()
	log, ctx := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelDebug})), cmd.Context() // --log-level is applied within
	r := reloader{sources: sources, log: log, hangups: hangups()}
	var err error
	if r.began, err = sources.Load(); err != nil {
		return err
	}
	r.watch(ctx)
	r.began.Config.Build = app.Build{Version: version, Revision: revision}
	if r.app, err = app.New(ctx, r.began.Config, log); err != nil {
		return err
	}
	r.log = r.app.Log()
	warn(r.log, r.began)
	if err := r.app.Start(ctx); err != nil {
		return errors.Join(err, r.app.Close())
	}
	return errors.Join(r.until(ctx), r.app.Drain())
}
