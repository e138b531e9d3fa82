package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// passwordFlag is the way for a password that no person types: never an argument, which other users of the machine could read.
type passwordFlag struct{ stdin bool }

func (p *passwordFlag) flag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.stdin, "password-stdin", false, "read the password from standard input")
}

// longestSecret is more than any password that the service takes.
const longestSecret = 8192

// given reads standard input if that was asked for, less the end of its line.
func (p passwordFlag) given(cmd *cobra.Command) (string, error) {
	text, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), longestSecret))
	if err != nil {
		return "", err
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if password == "" {
		return "", errors.New("standard input has no password")
	}
	return password, nil
}

// current asks for a password that exists.
func (p passwordFlag) current(cmd *cobra.Command, prompt string) (string, error) {
	if p.stdin {
		return p.given(cmd)
	}
	return onTerminal(func(t *terminal) (string, error) { return t.secret(cmd.Context(), prompt) })
}

// chosen asks twice for a new one.
func (p passwordFlag) chosen(cmd *cobra.Command, whose string) (string, error) {
	if p.stdin {
		return p.given(cmd)
	}
	return onTerminal(func(t *terminal) (string, error) { return t.twice(cmd.Context(), whose) })
}

func (t *terminal) twice(ctx context.Context, whose string) (string, error) {
	first, err := t.secret(ctx, fmt.Sprintf("New password for %s: ", whose))
	if err != nil {
		return "", err
	}
	again, err := t.secret(ctx, "The same again: ")
	if err == nil && first != again {
		err = errors.New("the two passwords differ; nothing was changed")
	}
	return first, err
}

func onTerminal(ask func(*terminal) (string, error)) (string, error) {
	t, err := openTerminal()
	if err != nil {
		return "", usage("%v: give the password on standard input, with --password-stdin", err)
	}
	defer t.Close()
	return ask(t)
}
