package main

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

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
	text, err := json.Marshal(value, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = w.Write(append(escaped(text), '\n'))
	return err
}

// escaped writes what JSON leaves as it is and a terminal may obey, or hide text by, in JSON's other spelling.
func escaped(text []byte) []byte {
	safe := make([]byte, 0, len(text)+1)
	for _, r := range string(text) {
		if r < 0x7f || unicode.IsPrint(r) { // controls below are escaped by JSON's rules, and ends of lines stand between values
			safe = utf8.AppendRune(safe, r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			safe = fmt.Appendf(safe, `\u%04x`, unit)
		}
	}
	return safe
}
