package signin

import (
	"context"
	"time"
)

// Run writes every so often until ctx is done, and then once more.
func (o *Recorder) Run(ctx context.Context) {
	t := time.NewTicker(Interval)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			o.Flush(ctx)
		case <-ctx.Done():
			o.flush(context.WithoutCancel(ctx), true)
			return
		}
	}
}
