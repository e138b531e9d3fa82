package app

import (
	"context"
	"time"
)

const (
	pruneInterval  = time.Hour
	leastRetention = 24 * time.Hour // a slip of the pen must not empty the trail
)

// retain prunes the audit trail now and then, until ctx is done.
func (a *App) retain(ctx context.Context) {
	t := time.NewTicker(pruneInterval)
	defer t.Stop()
	for {
		a.prune(ctx, time.Now())
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// prune deletes what is older than the configuration of this moment keeps. The store does it some records at a time, and puts on record that
// it did.
func (a *App) prune(ctx context.Context, now time.Time) {
	retention := a.current.Load().retention
	if retention == 0 {
		return
	}
	if _, err := a.store.PruneAudit(ctx, now.Add(-retention)); err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "old audit records cannot be deleted", "error", err)
	}
}

func (p *problems) retention(d time.Duration) {
	if d != 0 && d < leastRetention {
		p.add("audit-retention", "must be 24h or longer; 0s keeps everything")
	}
}
