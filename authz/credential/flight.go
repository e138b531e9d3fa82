package credential

import (
	"context"
	"errors"
	"sync"
)

// question is what a verification answers: does this credential fit this stored hash? The answer never changes, so callers who ask the
// same question at the same time can share it, even when the account changes meanwhile.
type question struct {
	credential   seal
	passwordHash string
}

// flights gives callers with the same question one verification: a hundred workers that start together cost one hash.
type flights struct {
	mu      sync.Mutex
	running map[question]*flight
}

type flight struct {
	done chan struct{}
	ok   bool
	err  error
}

// errUnfinished is what the others see when the caller who did the work panicked.
var errUnfinished = errors.New("the verification was not finished")

// do runs verify, or waits for the one that is running. Who waits stops waiting when ctx ends.
func (f *flights) do(ctx context.Context, q question, verify func() (bool, error)) (bool, error) {
	mine, running := f.board(q)
	if running != nil {
		return running.wait(ctx)
	}
	defer f.land(q, mine)
	ok, err := verify()
	mine.ok, mine.err = ok, err
	return ok, err
}

func (f *flights) board(q question) (mine, running *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.running[q]; r != nil {
		return nil, r
	}
	if f.running == nil {
		f.running = make(map[question]*flight)
	}
	mine = &flight{done: make(chan struct{}), err: errUnfinished}
	f.running[q] = mine
	return mine, nil
}

func (f *flights) land(q question, mine *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.running, q)
	close(mine.done)
}

func (r *flight) wait(ctx context.Context) (bool, error) {
	select {
	case <-r.done:
		return r.ok, r.err
	case <-ctx.Done():
		return false, busy(ctx.Err())
	}
}
