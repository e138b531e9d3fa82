package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"extauthz/store/state"
)

func exportCommand() *cobra.Command {
	var e exporting
	cmd := stateCommand("export [FILE]", "Write the whole state as a document: users, roles, permissions", func(s session, args []string) error {
		return e.run(s, args)
	})
	cmd.Long = "Write the whole state as a document, to standard output or a file: users, roles, and what is granted to them. Password hashes, tokens and\n" +
		"access keys are in it with --secrets only; keep such a document like the store itself. `extauthz diff` and `extauthz apply` read it."
	cmd.Example = "  extauthz export > permissions.yaml\n  extauthz export --secrets state.yaml"
	f := cmd.Flags()
	f.BoolVar(&e.secrets, "secrets", false, "with password hashes, tokens and access keys")
	f.StringVarP(&e.format, "output", "o", "yaml", "yaml or json")
	return cmd
}

type exporting struct {
	secrets bool
	format  string
}

func (e exporting) run(s session, args []string) error {
	write, ok := map[string]func(state.Document) ([]byte, error){"yaml": state.Document.YAML, "json": state.Document.JSON}[e.format]
	if !ok {
		return usage("--output %q: choose yaml or json", e.format)
	}
	d, err := exported(s, e.secrets)
	if err != nil {
		return err
	}
	text, err := write(d)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		_, err := s.OutOrStdout().Write(text)
		return err
	}
	f, err := createFile(args[0], true)
	if err != nil {
		return err
	}
	defer f.drop()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.keep(func(string) error { return nil })
}

// exported is the state as the server has it.
func exported(s session, secrets bool) (state.Document, error) {
	parameters := map[string]string{}
	if secrets {
		parameters["secrets"] = "true"
	}
	var text bytes.Buffer
	err := working(s.Command, "exporting", noAmount, func() error {
		return s.Download(s.Context(), ours+"state/export", parameters, &text)
	})
	if err != nil {
		return state.Document{}, err
	}
	return state.ParseJSON(text.Bytes())
}

// stateCommand is an adminCommand that chooses its own output.
func stateCommand(use, short string, run func(s session, args []string) error) *cobra.Command {
	var c connection
	cmd := &cobra.Command{Use: use, Short: short, Args: asUsed, RunE: func(cmd *cobra.Command, args []string) error {
		return c.with(cmd, output{"text"}, func(s session) error { return run(s, args) })
	}}
	c.serverFlag(cmd)
	c.storeFlag(cmd)
	return cmd
}
