package credential

import (
	"context"
	"sync/atomic"

	"extauthz/authz"
)

// gate lets a few callers hash at a time and a few more wait. A hash takes megabytes and a core for a tenth of a second; without a gate
// anybody could take the machine by sending wrong passwords.
type gate struct {
	slots   chan struct{}
	queue   int64
	waiting atomic.Int64
}

func newGate(slots, queue int) *gate {
	return &gate{slots: make(chan struct{}, slots), queue: int64(queue)}
}

// enter waits for a slot and returns the function that frees it.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.slots <- struct{}{}:
		return g.leave, nil
	default:
	}
	defer g.waiting.Add(-1)
	if g.waiting.Add(1) > g.queue {
		return nil, busy(nil)
	}
	select {
	case g.slots <- struct{}{}:
		return g.leave, nil
	case <-ctx.Done():
		return nil, busy(ctx.Err())
	}
}

func (g *gate) leave() { <-g.slots }

func busy(cause error) error {
	return &authz.Refusal{Reason: authz.Throttled, Text: "Too many sign-ins at once; try again in a few seconds.", Cause: cause}
}
