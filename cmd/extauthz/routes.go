package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"extauthz/authz/mlflow"
)

func routesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "routes",
		Short: "Print the route table",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "METHOD\tPATH\tOPERATION\tNEEDS\tRESPONSE")
			rows := mlflow.Rows()
			for i := range rows {
				row := &rows[i]
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", row.Method, row.Path, row.Operation, row.Describe(), row.Response)
			}
			return w.Flush()
		},
	}
}
