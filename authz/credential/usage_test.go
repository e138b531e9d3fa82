package credential

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"testing"
	"time"

	"extauthz/authz"
)

// TestUsageIsWrittenManyAtATime, and kept when it cannot be written.
func TestUsageIsWrittenManyAtATime(t *testing.T) {
	clock := &clock{now: time.Unix(1_000_000, 0)}
	var written []map[uint64]time.Time
	fails := errors.New("no space left")
	u := NewUsage(func(_ context.Context, used map[uint64]time.Time) error {
		if fails == nil {
			written = append(written, maps.Clone(used))
		}
		return fails
	}, clock.Now, slog.New(slog.DiscardHandler))
	u.Flush(t.Context())
	for range 1000 {
		u.Used(authz.Principal{CredentialID: 1})
	}
	u.Used(authz.Principal{CredentialID: 2})
	u.Flush(t.Context())
	clock.advance(time.Hour)
	u.Used(authz.Principal{CredentialID: 2})
	fails = nil
	u.Flush(t.Context())
	u.Flush(t.Context())
	first := time.Unix(1_000_000, 0)
	if len(written) != 1 || !maps.EqualFunc(written[0], map[uint64]time.Time{1: first, 2: first.Add(time.Hour)}, time.Time.Equal) {
		t.Errorf("%v", written)
	}
}

// TestUsageIsWrittenAtTheEnd: what was used since the last time is written before the process ends.
func TestUsageIsWrittenAtTheEnd(t *testing.T) {
	written := 0
	u := NewUsage(func(_ context.Context, used map[uint64]time.Time) error {
		written += len(used)
		return nil
	}, time.Now, slog.New(slog.DiscardHandler))
	u.Used(authz.Principal{CredentialID: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	u.Run(ctx, time.Hour)
	if written != 1 {
		t.Errorf("%d written", written)
	}
}
