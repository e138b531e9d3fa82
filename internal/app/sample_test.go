package app

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz"
	"extauthz/internal/metrics"
)

// TestTheSampleIsAShare, the same for everybody who computes it, and a smaller one is part of a larger one.
func TestTheSampleIsAShare(t *testing.T) {
	const all = 20_000
	tenth := 0
	for i := range all {
		id := fmt.Sprintf("5f0c%04d-0000-4000-8000-00000000%04d", i, i%7)
		if sampled(id, 0) || !sampled(id, 1) {
			t.Fatalf("%s: none is none and all is all", id)
		}
		if sampled(id, 0.1) {
			tenth++
		}
		if sampled(id, 0.01) && !sampled(id, 0.1) {
			t.Fatalf("%s is in one of a hundred and not in one of ten", id)
		}
	}
	if math.Abs(float64(tenth)-all/10) > 200 { // nearly five standard deviations
		t.Errorf("%d of %d are one in ten", tenth, all)
	}
	if !sampled("", 0) {
		t.Error("a request without an id has none to choose it by")
	}
	for id, want := range map[string]bool{"r-4": true, "r-1": false} { // what another version and another replica say
		if sampled(id, 0.1) != want {
			t.Errorf("%s is sampled: %t", id, !want)
		}
	}
}

// TestDenialsAreNeverSampledAway, nor what is only reported, nor what no row names.
func TestDenialsAreNeverSampledAway(t *testing.T) {
	allowed := authz.Decision{Effect: authz.Allowed, Reason: authz.Granted, Mapped: true}
	for name, c := range map[string]struct {
		d    authz.Decision
		live Live
		want string // "" for no line
	}{
		"allowed":                   {allowed, Live{LogAllowedSample: 1}, ""},
		"allowed, all logged":       {allowed, Live{LogAllowed: true, LogAllowedSample: 1}, `msg=decision request_id=r-1 decision=allow`},
		"allowed, none sampled":     {allowed, Live{LogAllowed: true}, ""},
		"allowed, half, not chosen": {allowed, Live{LogAllowed: true, LogAllowedSample: 0.01}, ""},
		"denied":                    {authz.Decision{Reason: authz.PermissionDenied, Mapped: true}, Live{LogAllowed: true}, "reason=permission_denied"},
		"reported":                  {authz.Decision{Effect: authz.Allowed, Reason: authz.ReportedOnly, Refused: authz.PermissionDenied, Mapped: true}, Live{LogAllowed: true}, "refused=permission_denied"},
		"not in the table":          {authz.Decision{Effect: authz.Allowed, Reason: authz.IsAdmin}, Live{LogAllowed: true}, "level=WARN"},
	} {
		var out strings.Builder
		o := (&observer{
			log: slog.New(slog.NewTextHandler(&out, nil)), checks: metrics.NewChecks(prometheus.NewRegistry()), recent: newRecent(time.Now),
		}).with(c.live)
		o.Observe(context.Background(), authz.Request{ID: "r-1", Method: "GET", Target: "/"}, c.d)
		if got := out.String(); (got == "") != (c.want == "") || !strings.Contains(got, c.want) || strings.Contains(got, "sample=") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		o = o.with(Live{LogAllowed: true, LogAllowedSample: 0.5})
		out.Reset()
		o.Observe(context.Background(), authz.Request{ID: "r-4"}, allowed)
		if !strings.Contains(out.String(), "sample=0.5") {
			t.Errorf("a line does not say what it stands for: %q", out.String())
		}
	}
}
