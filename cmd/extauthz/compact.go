package main

import (
	"github.com/spf13/cobra"

	"extauthz/store/boltstore"
)

func compactCommand() *cobra.Command {
	cmd := storeFileCommand("compact", "Give the disk back what a store does not need any more", func(f storeFile, _ []string) error {
		var before, after int64
		err := working(f.Command, "compacting "+f.path, noAmount, func() (err error) {
			before, after, err = boltstore.CompactInPlace(f.Context(), f.path)
			return err
		})
		if err != nil {
			return err
		}
		return f.tell(f.OutOrStdout(), map[string]any{"store": f.path, "before": before, "after": after}, "compacted %s: %s → %s",
			f.path, size(before), size(after))
	})
	cmd.Long = "Write a store anew, without the room that was ever free, and put it in the old one's place. The store is verified first; it needs room for\n" +
		"both. The service must be down."
	return cmd
}
