package metrics

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"extauthz/authz"
)

func observations(t *testing.T, m prometheus.Metric) int {
	t.Helper()
	var written dto.Metric
	if err := m.Write(&written); err != nil {
		t.Fatal(err)
	}
	return int(written.GetHistogram().GetSampleCount())
}

// TestNamesFollowPrometheus holds all metrics to promtool's rules: base units, _total on counters, a help.
func TestNamesFollowPrometheus(t *testing.T) {
	registry := prometheus.NewRegistry()
	NewChecks(registry).Decided(authz.Decision{Reason: authz.Granted}, false)
	NewAuthentications(registry)
	NewLookups(registry)
	NewReloads(registry, time.Now)
	NewResponses(registry)
	NewHealth(registry).Part("store_read", true)
	NewCommits(registry).Committed(time.Millisecond, nil)
	RegisterBuild(registry, "1.0.0", "abc")
	RegisterCaches(registry, Cache{"owners", func() (uint64, uint64, int) { return 1, 2, 3 }})
	RegisterStorage(registry, func(context.Context) (Sizes, error) { return Sizes{Users: 4}, nil })
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if n, err := testutil.GatherAndCount(registry); err != nil || n < 80 {
		t.Errorf("%d series (%v): some metrics are missing", n, err)
	}
}

// TestAnUnreadableStoreHidesNothingElse scrapes while the store fails.
func TestAnUnreadableStoreHidesNothingElse(t *testing.T) {
	registry := prometheus.NewRegistry()
	NewResponses(registry)
	RegisterStorage(registry, func(context.Context) (Sizes, error) { return Sizes{}, context.DeadlineExceeded })
	if n, err := testutil.GatherAndCount(registry); err != nil || n != 2 {
		t.Errorf("%d metrics and %v, want those of responses", n, err)
	}
}
