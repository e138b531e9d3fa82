package main

import (
	"github.com/spf13/cobra"

	"extauthz/k8s"
)

func manifestsCommand() *cobra.Command {
	var staticPrefix string
	cmd := &cobra.Command{
		Use:   "manifests OVERLAY",
		Short: "Print the generated file of an overlay in k8s/overlays",
		Long: "Print the generated file of an overlay in k8s/overlays: which requests its proxy has to treat in which way, rendered from the route\n" +
			"table. The files there are for an MLflow without --static-prefix.",
		Example: "  extauthz manifests gateway --static-prefix /mlflow > routes.yaml",
		Args:    asUsed,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := k8s.Render(args[0], staticPrefix)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&staticPrefix, "static-prefix", "", "MLflow's --static-prefix")
	return cmd
}
