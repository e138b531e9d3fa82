package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"extauthz/store/state"
)

func diffCommand() *cobra.Command {
	var a applying
	var exitCode bool
	cmd := stateCommand("diff FILE", "Show what would change for the state to be as a document says", func(s session, args []string) error {
		if err := a.check(); err != nil {
			return err
		}
		d, err := readDocument(s, args[0])
		if err != nil {
			return err
		}
		planned, err := a.send(s, newState{Document: d, Prune: a.prune, DryRun: true})
		if err != nil {
			return err
		}
		if err := a.print(s.OutOrStdout(), planned); err != nil {
			return err
		}
		if exitCode && len(planned.Changes) > 0 {
			return fmt.Errorf("the state is not as %s says: %s", args[0], countedChanges(len(planned.Changes)))
		}
		return nil
	})
	cmd.Long = "Show what would change for the state to be as a document says (- is standard input). What the document does not have stays, unless --prune."
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "end with 1 when something would change")
	a.flags(cmd)
	a.pruneFlag(cmd)
	return cmd
}

func applyCommand() *cobra.Command {
	var a applying
	cmd := stateCommand("apply FILE", "Make the state what a document says", func(s session, args []string) error { return a.run(s, args[0]) })
	cmd.Long = "Make the state what a document says (- is standard input): all of it, or nothing. It shows first what will change, and asks.\n\n" +
		"A section that the document does not have says nothing. With --prune, what the document does not have goes: users and roles where it has\n" +
		"the section, and of the users and roles that it has, the permissions and roles that it does not name.\n\n" +
		"docs/reference/state.md has the format."
	cmd.Example = "  extauthz apply permissions.yaml --dry-run\n  extauthz apply permissions.yaml --prune --yes"
	a.flags(cmd)
	a.pruneFlag(cmd)
	a.runFlags(cmd)
	return cmd
}

// applying is the flags of what compares a state with a document.
type applying struct {
	output
	prune, dryRun, yes bool
}

func (a *applying) flags(cmd *cobra.Command) { a.output.flag(cmd) }

func (a *applying) pruneFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.prune, "prune", false, "remove what the document does not have")
}

func (a *applying) runFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.dryRun, "dry-run", false, "only show what would change")
	cmd.Flags().BoolVar(&a.yes, "yes", false, "do not ask")
}

// newState is what the server is to do with a document.
type newState struct {
	Document state.Document `json:"document"`
	Prune    bool           `json:"prune,omitzero"`
	DryRun   bool           `json:"dry_run,omitzero"`
	Plan     string         `json:"plan,omitzero"`
}

type plannedState struct {
	Applied bool           `json:"applied"`
	Changes []state.Change `json:"changes"`
	Plan    string         `json:"plan"`
}

// run makes no other changes than those that it has shown.
func (a applying) run(s session, path string) error {
	if err := a.check(); err != nil {
		return err
	}
	d, err := readDocument(s, path)
	if err != nil {
		return err
	}
	planned, err := a.send(s, newState{Document: d, Prune: a.prune, DryRun: true})
	if err != nil {
		return err
	}
	if a.dryRun || len(planned.Changes) == 0 {
		return a.print(s.OutOrStdout(), planned)
	}
	if a.format == "text" {
		if err := a.print(s.ErrOrStderr(), planned); err != nil {
			return err
		}
	}
	if err := a.agree(s, len(planned.Changes)); err != nil {
		return err
	}
	applied, err := a.send(s, newState{Document: d, Prune: a.prune, Plan: planned.Plan})
	if err != nil {
		return err
	}
	return a.tell(s.OutOrStdout(), applied, "applied: %s", countedChanges(len(applied.Changes)))
}

func readDocument(s session, path string) (state.Document, error) {
	text, err := readInput(s.InOrStdin(), path)
	if err != nil {
		return state.Document{}, err
	}
	d, err := state.Parse(text)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return d, err
}

func (a applying) send(s session, in newState) (answer plannedState, err error) {
	err = working(s.Command, "comparing and applying", noAmount, func() error {
		return s.CallSlowly(s.Context(), "POST", ours+"state/apply", in, &answer)
	})
	return answer, err
}

func (a applying) print(w io.Writer, p plannedState) error {
	if a.format == "json" {
		return printJSON(w, p)
	}
	if len(p.Changes) == 0 {
		_, err := fmt.Fprintln(w, "no changes")
		return err
	}
	for _, c := range p.Changes {
		sign := map[state.Op]string{state.Add: "+", state.Alter: "~", state.Remove: "-"}[c.Op]
		if _, err := fmt.Fprintln(w, sign, printable(c.What)); err != nil {
			return err
		}
	}
	return nil
}

func countedChanges(n int) string {
	if n == 1 {
		return "1 change"
	}
	return strconv.Itoa(n) + " changes"
}

// agree asks, where there is somebody to ask.
func (a applying) agree(s session, changes int) error {
	if a.yes {
		return nil
	}
	t, err := openTerminal()
	if err != nil {
		return usage("%v: look at the changes with --dry-run, and apply them with --yes", err)
	}
	defer t.Close()
	ok, err := t.confirm(s.Context(), "Make "+countedChanges(changes)+"?", false)
	if err == nil && !ok {
		err = errors.New("nothing was changed")
	}
	return err
}
