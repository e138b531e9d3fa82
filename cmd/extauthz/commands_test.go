package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"extauthz/internal/golden"

	"github.com/spf13/cobra"
)

// TestCommandsAreDocumented holds the reference to what the commands say of themselves.
func TestCommandsAreDocumented(t *testing.T) {
	golden.Compare(t, "../../docs/reference/commands.md", reference())
}

const intro = `# Commands

` + "`extauthz`" + ` ends with 0, with 1 when something did not work, and with 2 when it was called in a way that cannot work. Results go to standard output,
everything else to standard error. ` + "`-o json`" + ` prints what the [admin API](auth-api.md) answers.

Commands that ask the service find it and the credential where MLflow's client does: ` + "`MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_USERNAME`,\n`MLFLOW_TRACKING_PASSWORD`, `MLFLOW_TRACKING_TOKEN`" + ` and the certificates' variables, then ` + "`~/.mlflow/credentials`, where `extauthz login`" + ` saves.
Those that take ` + "`--store`" + ` also work on the file of a service that is down, and refuse while it is up. What they change there is on record under the
account of the operating system, as ` + "`os:NAME`" + `.

Passwords are asked for without showing them, or read from standard input with ` + "`--password-stdin`" + `; they are never arguments.

` + "`extauthz completion bash`" + ` (fish, powershell, zsh) prints what completes commands and flags in that shell.

This page is generated from ` + "`extauthz help`" + `.
`

func reference() string {
	var b strings.Builder
	b.WriteString(intro)
	cmd := root()
	describe(&b, cmd)
	return strings.ReplaceAll(b.String(), os.Getenv("HOME")+"/", "~/")
}

// describe writes what can be run, and then what is below it.
func describe(b *strings.Builder, cmd *cobra.Command) {
	if !cmd.HasSubCommands() {
		fmt.Fprintf(b, "\n## %s\n\n", cmd.CommandPath())
		if cmd.Long == "" || !strings.HasPrefix(cmd.Long, cmd.Short) {
			fmt.Fprintf(b, "%s.\n\n", cmd.Short)
		}
		if cmd.Long != "" {
			fmt.Fprintf(b, "%s\n\n", strings.TrimSpace(cmd.Long))
		}
		fmt.Fprintf(b, "```\n%s\n", cmd.UseLine())
		if cmd.Example != "" {
			fmt.Fprintf(b, "\nExamples:\n%s\n", cmd.Example)
		}
		if flags := cmd.LocalFlags().FlagUsages(); flags != "" {
			fmt.Fprintf(b, "\nFlags:\n%s", flags)
		}
		fmt.Fprintln(b, "```")
	}
	for _, sub := range cmd.Commands() {
		if sub.Name() != "help" {
			describe(b, sub)
		}
	}
}
