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
			"what comes of it. The first admin may also come from MLFLOW_AUTH_ADMIN_USERNAME and MLFLOW_AUTH_ADMIN_PASSWORD, as in MLflow.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			loaded, err := config.Sources{Flags: flags, Environ: os.Environ()}.Load()
			if err != nil {
				return err
			}
			return serve(cmd, loaded)
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

func serve(cmd *cobra.Command, loaded config.Loaded) error {
	calmGC()
	log := slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelDebug})) // --log-level is applied within
	for _, warning := range loaded.Warnings {
		log.Warn("configuration", "warning", warning)
	}
	loaded.Config.Build = app.Build{Version: version, Revision: revision}
	a, err := app.New(cmd.Context(), loaded.Config, log)
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
