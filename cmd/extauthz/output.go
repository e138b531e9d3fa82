package main

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
)

// output is the choice between text for people and JSON for programs.
type output struct{ format string }

func (o *output) flag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.format, "output", "o", "text", "text or json")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp)) // fails for an unknown flag
}

func (o output) check() error {
	if o.format != "text" && o.format != "json" {
		return usage("--output %q: choose text or json", o.format)
	}
	return nil
}

// show prints a table, or value as JSON.
func (o output) show(w io.Writer, value any, t table) error {
	if o.format == "json" {
		return printJSON(w, value)
	}
	return t.write(w)
}

// tell prints a sentence, or value as JSON.
func (o output) tell(w io.Writer, value any, format string, args ...any) error {
	if o.format == "json" {
		return printJSON(w, value)
	}
	_, err := fmt.Fprintln(w, printable(fmt.Sprintf(format, args...)))
	return err
}

func printJSON(w io.Writer, value any) error {
	if err := json.MarshalWrite(w, value, jsontext.WithIndent("  "), json.Deterministic(true)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}
