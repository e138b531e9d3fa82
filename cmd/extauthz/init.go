package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"extauthz/store/boltstore"
)

func initCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Create an empty store",
		Long:  "Create an empty store. `extauthz serve` adds the first admin to it.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd); err != nil {
				return err
			}
			s, err := boltstore.Create(path, boltstore.Options{})
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "created "+path)
			return s.Close()
		},
	}
	cmd.Flags().StringVar(&path, "store", "extauthz.db", "file with users and grants")
	return cmd
}
