package credential

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"extauthz/authz"
)

// Usage remembers when each token and access key was last used, and writes that down many at a time: no request waits for the disk to have its
// credential's last use noted. Make it with NewUsage.
type Usage struct {
	write func(ctx context.Context, used map[uint64]time.Time) error
	now   func() time.Time
	log   *slog.Logger

	mu   sync.Mutex
	used map[uint64]time.Time
}

// NewUsage needs what writes the last uses of credentials, by their ids.
func NewUsage(write func(context.Context, map[uint64]time.Time) error, now func() time.Time, log *slog.Logger) *Usage {
	return &Usage{write: write, now: now, log: log, used: map[uint64]time.Time{}}
}

// Used notes that a credential was accepted just now.
func (u *Usage) Used(p authz.Principal) {
	now := u.now().Truncate(time.Second)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.used[p.CredentialID] = now
}

// Flush writes down what was noted since the last time. What cannot be written is kept for the next.
func (u *Usage) Flush(ctx context.Context) {
	u.mu.Lock()
	used := u.used
	u.used = map[uint64]time.Time{}
	u.mu.Unlock()
	if len(used) == 0 {
		return
	}
	if err := u.write(ctx, used); err != nil {
		u.log.WarnContext(ctx, "the last uses of credentials were not written down", "error", err)
		u.mu.Lock()
		maps.Copy(used, u.used) // the later ones
		u.used = used
		u.mu.Unlock()
	}
}

// Run flushes every so often until ctx is done, and then once more.
func (u *Usage) Run(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			u.Flush(ctx)
		case <-ctx.Done():
			u.Flush(context.WithoutCancel(ctx))
			return
		}
	}
}
