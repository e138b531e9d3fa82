package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// pseudoTerminal is both ends of one: what a person sees and types on, and what the command has.
func pseudoTerminal(t *testing.T) (person *os.File, command *terminal) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close(); person.Close() })
	return person, newTerminal(other)
}

// waitFor reads what is shown up to some text.
func (s *screen) waitFor(text string) {
	s.Helper()
	for one := make([]byte, 1); !strings.HasSuffix(s.shown, text); {
		if _, err := io.ReadFull(s.File, one); err != nil {
			s.Fatalf("%v after %q", err, s.shown)
		}
		s.shown += string(one)
	}
}

type screen struct {
	*testing.T
	*os.File
	shown string
}

// TestPasswordsAreNotShown: only what is asked is, and the terminal shows again what is typed afterwards.
func TestPasswordsAreNotShown(t *testing.T) {
	person, command := pseudoTerminal(t)
	s := &screen{T: t, File: person}
	answers := make(chan string, 2)
	go func() {
		for _, ask := range []func(context.Context, string) (string, error){command.secret, command.ask} {
			answer, err := ask(t.Context(), "say: ")
			if err != nil {
				answer = err.Error()
			}
			answers <- answer
		}
	}()
	s.waitFor("say: ")
	for command.echoes(t) { // the prompt comes first
	}
	fmt.Fprintln(person, "sesame")
	if got := <-answers; got != "sesame" {
		t.Errorf("heard %q", got)
	}
	s.waitFor("say: ")
	fmt.Fprintln(person, "aloud")
	s.waitFor("aloud")
	if got := <-answers; got != "aloud" {
		t.Errorf("heard %q", got)
	}
	if strings.Contains(s.shown, "sesame") {
		t.Errorf("the password was shown: %q", s.shown)
	}
}

func (t *terminal) echoes(test *testing.T) bool {
	test.Helper()
	state, err := unix.IoctlGetTermios(t.fd, unix.TCGETS)
	if err != nil {
		test.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// TestInterruptedPromptGivesTheTerminalBack as it was.
func TestInterruptedPromptGivesTheTerminalBack(t *testing.T) {
	person, command := pseudoTerminal(t)
	ctx, interrupt := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := command.secret(ctx, "say: ")
		done <- err
	}()
	(&screen{T: t, File: person}).waitFor("say: ")
	for command.echoes(t) {
	}
	interrupt()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("%v", err)
	}
	if !command.echoes(t) || !term.IsTerminal(command.fd) {
		t.Error("the terminal stays silent")
	}
	fmt.Fprintln(person) // ends the read that is left
}
