package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// usageError is a way of calling a command that cannot work, whatever the state of things.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func isUsage(err error) bool {
	_, is := errors.AsType[usageError](err)
	return is
}

// noteBeginning tells, of each command, whether it came so far as to begin: what fails before is how it was called.
func noteBeginning(cmd *cobra.Command, begun *bool) {
	if do := cmd.RunE; do != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*begun = true
			return do(cmd, args)
		}
	}
	for _, sub := range cmd.Commands() {
		noteBeginning(sub, begun)
	}
}

// group is a command that only has others. Without one it shows them, and an unknown one is an error.
func group(name, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: name, Short: short, DisableFlagsInUseLine: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			text := fmt.Sprintf("%s has no command %q", cmd.CommandPath(), args[0])
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				text += "; did you mean " + strings.Join(near, " or ") + "?"
			}
			return errors.New(text)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(subs...)
	return cmd
}

// asUsed holds the arguments to those that Use names: USERNAME is needed, [URL] is not. What is too much is not repeated: it may be a secret.
func asUsed(cmd *cobra.Command, args []string) error {
	names := strings.Fields(cmd.Use)[1:]
	for i, name := range names {
		if i >= len(args) && !strings.HasPrefix(name, "[") {
			return fmt.Errorf("%s needs %s", cmd.CommandPath(), name)
		}
	}
	if len(args) > len(names) {
		return fmt.Errorf("%s got %d arguments, and takes %s", cmd.CommandPath(), len(args), cmp.Or(strings.Join(names, " "), "none"))
	}
	return nil
}
