package credential

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"extauthz/authz"
)

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1)
		leave, err := g.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		second := make(chan error)
		go func() {
			leave, err := g.enter(t.Context())
			if err == nil {
				leave()
			}
			second <- err
		}()
		synctest.Wait()
		if _, err := g.enter(t.Context()); reason(err) != authz.Throttled {
			t.Errorf("the third caller got %v, want Throttled", err)
		}
		leave()
		if err := <-second; err != nil {
			t.Errorf("the second caller was in the queue, but got %v", err)
		}
		if leave, err = g.enter(t.Context()); err != nil {
			t.Fatalf("the gate stays shut: %v", err)
		}
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		if _, err := g.enter(gone); reason(err) != authz.Throttled || !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who hung up got %v", err)
		}
		if g.waiting.Load() != 0 {
			t.Error("who hung up still counts as waiting")
		}
		leave()
	})
}

func TestZeroGateRefuses(t *testing.T) {
	if _, err := new(gate).enter(t.Context()); reason(err) != authz.Throttled {
		t.Errorf("got %v", err)
	}
}
