package app

import (
	"slices"
	"testing"
	"time"

	"extauthz/store"
)

// TestRetention deletes what is too old and says so, as the configuration of that moment says; without a retention everything stays.
func TestRetention(t *testing.T) {
	a := start(t, nil)
	now := time.Now()
	if err := a.store.AppendAudit(t.Context(), store.Audit{At: now.Add(30 * time.Hour), Action: store.StateExport, Target: "later"}); err != nil {
		t.Fatal(err)
	}
	actions := func() (all []store.Action) {
		t.Helper()
		for r, err := range a.store.AuditLog(t.Context(), store.AuditQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r.Action)
		}
		return all
	}
	everything := []store.Action{store.StateExport, store.UserCreate}
	a.prune(t.Context(), now.Add(50*time.Hour))
	if got := actions(); !slices.Equal(got, everything) {
		t.Fatalf("without a retention: %v", got)
	}
	live := a.config.Live
	live.AuditRetention = 48 * time.Hour
	a.reloaded(t, live)
	a.prune(t.Context(), now.Add(47*time.Hour))
	if got := actions(); !slices.Equal(got, everything) {
		t.Fatalf("before the time: %v", got)
	}
	a.prune(t.Context(), now.Add(50*time.Hour))
	if got := actions(); !slices.Equal(got, []store.Action{store.AuditPrune, store.StateExport}) {
		t.Fatalf("after it: %v", got)
	}
}

func TestRetentionIsChecked(t *testing.T) {
	for d, ok := range map[time.Duration]bool{0: true, 24 * time.Hour: true, time.Hour: false, -time.Hour: false} {
		c := testConfig(t)
		c.AuditRetention = d
		if err := c.Validate(); (err == nil) != ok {
			t.Errorf("%v: %v", d, err)
		}
	}
	for share, ok := range map[float64]bool{0: true, 1: true, 0.01: true, -0.1: false, 1.1: false} {
		c := testConfig(t)
		c.LogAllowedSample = share
		if err := c.Validate(); (err == nil) != ok {
			t.Errorf("%v: %v", share, err)
		}
	}
}
