package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// part is something that the service needs. While a vital one fails nothing can be decided; while another one fails, something else cannot
// be done, and requests that do not need it are better served than turned away.
type part struct {
	name  string
	vital bool
	lost  string // public: what does not work while it fails
	check func(context.Context) error

	busy atomic.Bool
}

// patience is how long a part may take to show that it works.
const patience = time.Second

var errSlow = errors.New("no answer within a second")

// try runs the check. One that hangs is not started again before it has ended.
func (p *part) try(ctx context.Context) error {
	if !p.busy.CompareAndSwap(false, true) {
		return errSlow
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSlow)
	done := make(chan error, 1)
	go func() {
		defer cancel()
		defer p.busy.Store(false)
		done <- p.check(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
