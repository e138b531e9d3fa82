package lookup

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// How many look-ups are under way at a time: of all users together, so that MLflow has its hands free for the requests themselves, and of
// one, so that somebody's burst of unknown ids leaves room for the others.
const (
	allLanes = 64
	ownLanes = 16
)

// lanes hands out the right to ask MLflow.
type lanes struct {
	all  *semaphore.Weighted
	mu   sync.Mutex
	byID map[uint64]*lane // of users who are asking now
}

type lane struct {
	*semaphore.Weighted
	users int // requests that hold it or wait for it
}

func newLanes() *lanes {
	return &lanes{all: semaphore.NewWeighted(allLanes), byID: map[uint64]*lane{}}
}

// enter waits for the user's turn. What it returns ends it. The error is that of a context that ended first.
func (l *lanes) enter(ctx context.Context, userID uint64) (leave func(), err error) {
	own := l.take(userID)
	if err := own.Acquire(ctx, 1); err != nil {
		l.put(userID, own)
		return nil, err
	}
	if err := l.all.Acquire(ctx, 1); err != nil {
		own.Release(1)
		l.put(userID, own)
		return nil, err
	}
	return func() {
		l.all.Release(1)
		own.Release(1)
		l.put(userID, own)
	}, nil
}

func (l *lanes) take(userID uint64) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.byID[userID]
	if own == nil {
		own = &lane{Weighted: semaphore.NewWeighted(ownLanes)}
		l.byID[userID] = own
	}
	own.users++
	return own
}

func (l *lanes) put(userID uint64, own *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(l.byID, userID)
	}
}
