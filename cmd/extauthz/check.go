package main

import "github.com/spf13/cobra"

func checkCommand() *cobra.Command {
	cmd := storeFileCommand("check [FILE]", "Verify a store or a backup: every record, every count", func(f storeFile, args []string) error {
		found, err := checkFile(f.Command, append(args, f.path)[0])
		if err != nil {
			return err
		}
		if err := f.show(f.OutOrStdout(), found, found.table()); err != nil {
			return err
		}
		return found.sound()
	})
	cmd.Long = "Verify a store of a service that is down, or a backup: every record and its check value, what is written twice, every count. It ends with 1\n" +
		"when something is damaged. Of a sound one it prints the decision digest: two files with one digest decide the same."
	return cmd
}
