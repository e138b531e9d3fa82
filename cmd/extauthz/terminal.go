package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminal is where a person sits, also when standard input and output are something else.
type terminal struct {
	file *os.File
	fd   int // of file: asking for it again would change how a read under way waits
}

func newTerminal(f *os.File) *terminal { return &terminal{f, int(f.Fd())} }

var errNoTerminal = errors.New("there is no terminal to ask on")

func openTerminal() (*terminal, error) {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, errNoTerminal
	}
	return newTerminal(f), nil
}

func (t *terminal) Close() error { return t.file.Close() }

// ask returns the line that is typed.
func (t *terminal) ask(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(t.file, prompt)
	return t.read(ctx, func() (string, error) { return t.line() })
}

// secret is ask without showing what is typed.
func (t *terminal) secret(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(t.file, prompt)
	return t.read(ctx, func() (string, error) {
		text, err := term.ReadPassword(t.fd)
		fmt.Fprintln(t.file)
		return string(text), err
	})
}

// confirm asks a question whose answer is yes or no; an empty line is the default.
func (t *terminal) confirm(ctx context.Context, question string, byDefault bool) (bool, error) {
	choices := " [y/N] "
	if byDefault {
		choices = " [Y/n] "
	}
	for {
		answer, err := t.ask(ctx, question+choices)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "":
			return byDefault, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
}

// read gives up when ctx is done, and leaves the terminal as it was found.
func (t *terminal) read(ctx context.Context, read func() (string, error)) (string, error) {
	before, err := term.GetState(t.fd)
	if err != nil {
		return "", errNoTerminal
	}
	type answer struct {
		text string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := read()
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		return a.text, a.err
	case <-ctx.Done():
		_ = term.Restore(t.fd, before) // the process is about to end
		fmt.Fprintln(t.file)
		return "", errors.New("interrupted; nothing was changed")
	}
}

// line reads up to the end of a line and no further: the next question is another's.
func (t *terminal) line() (string, error) {
	var text []byte
	for one := make([]byte, 1); ; {
		n, err := t.file.Read(one)
		switch {
		case n == 1 && one[0] == '\n':
			return strings.TrimSuffix(string(text), "\r"), nil
		case n == 1:
			text = append(text, one[0])
		case err != nil:
			return "", errors.New("the terminal was closed; nothing was changed")
		}
	}
}
