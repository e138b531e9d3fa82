package signin

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"extauthz/authz"
	"extauthz/store"
)

// Trail is what the Recorder needs of a store.
type Trail interface {
	AppendAudit(ctx context.Context, records ...store.Audit) error
	UserByName(ctx context.Context, username string) (store.User, error)
}

const (
	// Interval is how often failures are written: an attack costs one fsync in that time.
	Interval = time.Second
	// Burst is how many are written one by one, and how many wait at most; after them it is one in every Interval.
	Burst = 1000
	// countEvery is how often a record says how many had none.
	countEvery = time.Minute
)

// Recorder writes down failed sign-ins. Make it with New, and Run it.
type Recorder struct {
	trail    Trail
	now      func() time.Time
	log      *slog.Logger
	unlisted func() // told of each that gets no record of its own

	mu      sync.Mutex
	limit   *rate.Limiter
	queue   []failure
	missed  int       // since the last record that says how many
	counted time.Time // when that was
	failing bool      // the last write failed: it is in the log already
}

// New needs the trail, a clock, a log, and who counts those that get no record of their own.
func New(trail Trail, now func() time.Time, log *slog.Logger, unlisted func()) *Recorder {
	return &Recorder{trail: trail, now: now, log: log, unlisted: unlisted, limit: rate.NewLimiter(rate.Every(Interval), Burst)}
}

// Recorded has the failures of next written down.
func (o *Recorder) Recorded(next authz.Authenticator) authz.Authenticator { return recorded{next, o} }

type recorded struct {
	next authz.Authenticator
	by   *Recorder
}

func (a recorded) Authenticate(ctx context.Context, r authz.Request) (authz.Principal, error) {
	p, err := a.next.Authenticate(ctx, r)
	if err != nil {
		a.by.refused(r, err)
	}
	return p, err
}
