package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite docs/reference/commands.md")

// TestCommandsAreDocumented holds the reference to what the commands say of themselves.
func TestCommandsAreDocumented(t *testing.T) {
	const path = "../../docs/reference/commands.md"
	got := reference()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the commands changed; run `go test ./cmd/extauthz -run Documented -update` (-want +got):\n%s", diff)
	}
}

const intro = `# Commands

` + "`extauthz`" + ` ends with 0, with 1 when something did not work, and with 2 when it was called in a way that cannot work. Results go to standard output,
everything else to standard error. ` + "`-o json`" + ` prints what the [admin API](auth-api.md) answers.

Commands that ask the service find it and the credential where MLflow's client does: ` + "`MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_USERNAME`,\n`MLFLOW_TRACKING_PASSWORD`, `MLFLOW_TRACKING_TOKEN`" + ` and the certificates' variables, then ` + "`~/.mlflow/credentials`, where `extauthz login`" + ` saves.
Those that take ` + "`--store`" + ` also work on the file of a service that is down, and refuse while it is up. What they change there is on record under the
account of the operating system, as ` + "`os:NAME`" + `.

Passwords are asked for without showing them, or read from standard input with ` + "`--password-stdin`" + `; they are never arguments.

This page is generated from ` + "`extauthz help`" + `.
`

func reference() string {
	var b strings.Builder
	b.WriteString(intro)
	cmd := root()
	cmd.InitDefaultCompletionCmd()
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
