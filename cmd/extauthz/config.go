package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"extauthz/internal/app"
	"extauthz/internal/config"
)

func configCommand() *cobra.Command {
	cmd := group("config", "Check, print or describe the configuration", configValidateCommand(), configPrintCommand(), configSchemaCommand())
	cmd.Long = "Check, print or describe the configuration that `extauthz serve` would have with the same flags, in the same environment."
	return cmd
}

func configValidateCommand() *cobra.Command {
	return withConfig(&cobra.Command{
		Use:   "validate",
		Short: "Say everything that is wrong with the configuration",
		Long: "Say everything that is wrong with the configuration, and end with 1 if there is something. Files that it names are read, the store and\n" +
			"the network are left alone.",
		Example: "  extauthz config validate --config extauthz.yaml",
	}, func(cmd *cobra.Command, loaded config.Loaded) error {
		if err := app.Check(loaded.Config); err != nil {
			return err
		}
		for _, warning := range loaded.Warnings {
			fmt.Fprintln(cmd.ErrOrStderr(), "warning: "+warning)
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "the configuration is valid")
		return err
	})
}

func configPrintCommand() *cobra.Command {
	return withConfig(&cobra.Command{
		Use:   "print",
		Short: "Print the configuration, and where each value comes from",
		Long: "Print the configuration as a YAML file that means the same, with a remark at each value that says where it comes from. Secrets are\n" +
			"masked.",
		Example: "  EXTAUTHZ_LOG_ALLOWED=true extauthz config print --config extauthz.yaml",
	}, func(cmd *cobra.Command, loaded config.Loaded) error {
		text, err := loaded.Print()
		if err != nil {
			return err
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	})
}

// withConfig gives a command the flags of `serve`, and runs it with what they and the other sources say.
func withConfig(cmd *cobra.Command, run func(*cobra.Command, config.Loaded) error) *cobra.Command {
	flags := config.AddFlags(cmd.Flags())
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := config.Sources{Flags: flags, Environ: os.Environ()}.Load()
		if err != nil {
			return err
		}
		return run(cmd, loaded)
	}
	return cmd
}

func configSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the YAML file",
		Long:  "Print the JSON Schema (2020-12) of the YAML file, for editors that complete and check it.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := config.JSONSchema()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
