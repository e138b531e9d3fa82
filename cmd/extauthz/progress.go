package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// progressAfter is how long work may take before somebody who watches wants to know.
const progressAfter = time.Second

// working does what may take long, and says so on a terminal: how long by now, and how much where amount says it. Nothing is said in a pipe.
func working(cmd *cobra.Command, what string, amount func() string, work func() error) error {
	w, ok := cmd.ErrOrStderr().(*os.File)
	if !ok || !term.IsTerminal(int(w.Fd())) {
		return work()
	}
	done, said := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(said)
		say(w, what, amount, done)
	}()
	err := work()
	close(done)
	<-said
	return err
}

// say writes over its own line, and clears it in the end.
func say(w io.Writer, what string, amount func() string, done <-chan struct{}) {
	begun := time.Now()
	tick := time.NewTicker(progressAfter)
	defer tick.Stop()
	for shown := false; ; shown = true {
		select {
		case <-done:
			if shown {
				fmt.Fprint(w, "\r\x1b[K")
			}
			return
		case <-tick.C:
			fmt.Fprintf(w, "\r\x1b[K%s… %s%s", what, time.Since(begun).Round(time.Second), amount())
		}
	}
}

func noAmount() string { return "" }

// size is a number of bytes as people read it.
func size(n int64) string {
	const unit = 1024
	switch {
	case n < unit:
		return fmt.Sprintf("%d bytes", n)
	case n < unit*unit:
		return fmt.Sprintf("%.1f KiB", float64(n)/unit)
	case n < unit*unit*unit:
		return fmt.Sprintf("%.1f MiB", float64(n)/unit/unit)
	default:
		return fmt.Sprintf("%.1f GiB", float64(n)/unit/unit/unit)
	}
}
