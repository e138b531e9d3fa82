package main

import (
	"errors"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"extauthz/store"
	"extauthz/store/boltstore"
)

// storeFileCommand is one that works on a store's file, of a service that is down.
func storeFileCommand(use, short string, run func(f storeFile, args []string) error) *cobra.Command {
	f := &storeFile{}
	cmd := &cobra.Command{Use: use, Short: short, Args: asUsed}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f.Command = cmd
		if path := os.Getenv("EXTAUTHZ_STORE"); path != "" && !cmd.Flags().Changed("store") {
			f.path = path
		}
		if err := f.check(); err != nil {
			return err
		}
		return whereLocked(run(*f, args))
	}
	cmd.Flags().StringVar(&f.path, "store", "extauthz.db", "file with users and grants")
	f.flag(cmd)
	return cmd
}

type storeFile struct {
	*cobra.Command
	output
	path string
}

// whereLocked adds what to do about a service that is up.
func whereLocked(err error) error {
	if errors.Is(err, store.ErrLocked) {
		return errors.Join(err, errors.New("hint: this works while the service is down; while it is up, `extauthz backup` makes a copy to work on"))
	}
	return err
}

// checkedFile is what verifying a file has found, with its decision digest: two files with one digest decide the same.
type checkedFile struct {
	File string `json:"file"`
	boltReport
	Digest string `json:"digest,omitzero"`
}

type boltReport struct {
	Schema       uint64 `json:"schema"`
	Revision     uint64 `json:"revision"`
	Users        uint64 `json:"users"`
	Roles        uint64 `json:"roles"`
	Assignments  uint64 `json:"assignments"`
	Grants       uint64 `json:"grants"`
	Credentials  uint64 `json:"credentials"`
	AuditRecords uint64 `json:"audit_records"`
	// Damaged are the places that are not as they were written.
	Damaged []string `json:"damaged"`
}

// checkFile verifies a file that is not in use. A damaged one is no error of its own: see boltReport.Damaged.
func checkFile(cmd *cobra.Command, path string) (checkedFile, error) {
	found := checkedFile{File: path}
	err := working(cmd, "checking "+path, noAmount, func() error {
		report, err := boltstore.VerifyFile(cmd.Context(), path)
		found.boltReport = reportOf(report)
		if err == nil && len(report.Damaged) == 0 {
			found.Digest, err = boltstore.DigestFile(cmd.Context(), path)
		}
		return err
	})
	return found, err
}

func reportOf(r boltstore.Report) boltReport {
	b := boltReport{
		Schema: r.Schema, Revision: r.Revision, Users: r.Users, Roles: r.Roles, Assignments: r.Assignments, Grants: r.Grants,
		Credentials: r.Credentials, AuditRecords: r.AuditRecords, Damaged: []string{},
	}
	for _, d := range r.Damaged {
		b.Damaged = append(b.Damaged, "bucket "+strconv.Quote(d.Bucket)+", key "+strconv.Quote(string(d.Key))+": "+d.Problem)
	}
	return b
}

func (c checkedFile) table() table {
	var t table
	t.row("file", c.File)
	for _, of := range []struct {
		name  string
		count uint64
	}{
		{"schema", c.Schema},
		{"revision", c.Revision},
		{"users", c.Users},
		{"roles", c.Roles},
		{"assignments", c.Assignments},
		{"permissions", c.Grants},
		{"tokens and keys", c.Credentials},
		{"audit records", c.AuditRecords},
	} {
		t.row(of.name, number(of.count))
	}
	t.row("digest", c.Digest)
	for _, d := range c.Damaged {
		t.row("damaged", d)
	}
	return t
}

// sound is an error when something is damaged.
func (c checkedFile) sound() error {
	if len(c.Damaged) == 0 {
		return nil
	}
	return errors.New(c.File + " is damaged\nhint: restore a backup: extauthz restore")
}
