package main

import (
	"errors"

	"github.com/spf13/cobra"

	"extauthz/store/boltstore"
)

func backupCommand() *cobra.Command {
	var b backingUp
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Copy the store, while it serves", Args: asUsed,
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd, args[0]) },
	}
	cmd.Long = "Copy the store: from the service while it serves, or with --store from the file of a service that is down. The copy is verified before it gets\n" +
		"its name, and its decision digest is printed. It holds password hashes: keep it like the store itself."
	b.serverFlag(cmd)
	b.storeFlag(cmd)
	b.flag(cmd)
	cmd.Flags().BoolVar(&b.replace, "replace", false, "replace FILE if it is there")
	return cmd
}

type backingUp struct {
	connection
	output
	replace bool
}

func (b backingUp) run(cmd *cobra.Command, path string) error {
	if err := b.check(); err != nil {
		return err
	}
	f, err := createFile(path, b.replace)
	if err != nil {
		return err
	}
	defer f.drop()
	if err := working(cmd, "backing up", f.amount, func() error { return b.copy(cmd, f) }); err != nil {
		return err
	}
	var found checkedFile
	err = f.keep(func(written string) error {
		found, err = checkFile(cmd, written)
		return errors.Join(err, found.sound())
	})
	if err != nil {
		return err
	}
	found.File = path
	return b.show(cmd.OutOrStdout(), found, found.table())
}

// copy is from the service, unless a file is named.
func (b backingUp) copy(cmd *cobra.Command, f *newFile) error {
	if b.store == "" {
		return b.with(cmd, b.output, func(s session) error { return s.Download(cmd.Context(), ours+"state/backup", nil, f) })
	}
	s, err := boltstore.Open(b.store, boltstore.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(cmd.Context(), f), s.Close())
}
