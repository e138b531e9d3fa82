package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz/lookup"
)

// Lookups times the questions to MLflow.
type Lookups struct{ duration *prometheus.HistogramVec }

const (
	answered = "answered"
	unknown  = "unknown"
	late     = "timeout"
	failed   = "failed"
)

// NewLookups registers its metric.
func NewLookups(registry prometheus.Registerer) *Lookups {
	l := &Lookups{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "extauthz_lookup_duration_seconds",
		Help:    "Time of one question to MLflow (whose is this run, the next page of a list), waiting for a turn included, by outcome: answered, unknown (MLflow knows no such thing), timeout (after 3 s) or failed. timeout and failed refuse the request with 503.",
		Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3},
	}, []string{"outcome"})}
	for _, outcome := range []string{answered, unknown, late, failed} {
		l.duration.WithLabelValues(outcome)
	}
	registry.MustRegister(l.duration)
	return l
}

// Watch is a lookup.Watch.
func (l *Lookups) Watch(ctx context.Context, _, _ string) (context.Context, func(error)) {
	start := time.Now()
	return ctx, func(err error) {
		l.duration.WithLabelValues(outcome(err)).Observe(time.Since(start).Seconds())
	}
}

func outcome(err error) string {
	switch {
	case err == nil:
		return answered
	case errors.Is(err, lookup.ErrNotFound):
		return unknown
	case errors.Is(err, context.DeadlineExceeded):
		return late
	default:
		return failed
	}
}
