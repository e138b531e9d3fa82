package main

import (
	"errors"

	"github.com/spf13/cobra"

	"extauthz/store"
	"extauthz/store/boltstore"
)

func restoreCommand() *cobra.Command {
	var replace bool
	cmd := storeFileCommand("restore FILE", "Put a backup in the store's place", func(f storeFile, args []string) error {
		found, err := checkFile(f.Command, args[0])
		if err != nil {
			return err
		}
		if err := found.sound(); err != nil {
			return err
		}
		err = working(f.Command, "restoring "+f.path, noAmount, func() error {
			_, err := boltstore.Restore(f.Context(), args[0], f.path, replace)
			return err
		})
		if errors.Is(err, store.ErrExists) {
			return errors.New(f.path + " is there already\nhint: to lose what it holds, add --replace; to keep it, back it up first: extauthz backup --store")
		}
		if err != nil {
			return err
		}
		return f.accept(found, args[0])
	})
	cmd.Long = "Put a backup in the place of the store of a service that is down. The backup is verified first, and nothing is changed if it is damaged. The\n" +
		"decision digest that is printed is the backup's: the restored store decides the same. Everything since the backup is lost, passwords that were\n" +
		"changed and permissions that were taken back among it."
	cmd.Flags().BoolVar(&replace, "replace", false, "replace the store that is there")
	return cmd
}

// accept takes the restored store for the newest, which without a word for it would be refused, and notes who did that.
func (f storeFile) accept(found checkedFile, from string) error {
	s, err := boltstore.Open(f.path, boltstore.Options{AcceptOlder: true})
	if err != nil {
		return err
	}
	ctx := asOperator(f.Context())
	err = s.AppendAudit(ctx, store.Audit{Actor: store.ActorOf(ctx), Action: store.StateRestore, Target: "state"})
	digest, digestErr := s.Digest(ctx)
	if err := errors.Join(err, digestErr, s.Close()); err != nil {
		return err
	}
	if found.Digest != "" && digest != found.Digest {
		return errors.New(f.path + " does not decide as " + from + " does: restore it again")
	}
	found.File, found.Digest = f.path, digest
	return f.show(f.OutOrStdout(), found, found.table())
}
