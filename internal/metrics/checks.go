package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz"
)

// Checks counts decisions and times them.
type Checks struct {
	decided  *prometheus.CounterVec
	unmapped *prometheus.CounterVec
	reported *prometheus.CounterVec
	duration prometheus.Histogram
	underWay prometheus.Gauge
}

// NewChecks registers its metrics.
func NewChecks(registry prometheus.Registerer) *Checks {
	c := &Checks{
		decided: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "extauthz_checks_total",
			Help: "Requests decided, by decision (allow, deny), reason and operation of MLflow. A growing share of deny with reason unauthenticated is somebody guessing, or a client whose password has changed; lookup_failed, store_failed and internal_error are our own failures, and every one of them refused a request that may have been right.",
		}, []string{"decision", "reason", "operation"}),
		unmapped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "extauthz_unmapped_requests_total",
			Help: "Requests that no row of the route table names. Only admins are allowed those. Some are probes of the internet; many mean that MLflow is newer than this release knows.",
		}, []string{"decision"}),
		reported: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "extauthz_reported_total",
			Help: "Requests that would have been denied, and were let through because their operation is only reported, by what they would have been denied for. Before enforcing, it should stop growing.",
		}, []string{"reason", "operation"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "extauthz_check_duration_seconds",
			Help:    "Time to decide one request, look-ups and hashing of passwords included, the network not. Most take microseconds; those above 1 ms waited for MLflow (see extauthz_lookup_duration_seconds) or for a password's hash.",
			Buckets: []float64{5e-6, 1e-5, 2.5e-5, 1e-4, 1e-3, 5e-3, 0.025, 0.1, 0.5, 2.5},
		}),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "extauthz_checks_in_flight",
			Help: "Requests being decided at this moment. It grows when MLflow answers look-ups slowly or sign-ins queue for hashing.",
		}),
	}
	for _, e := range []authz.Effect{authz.Allowed, authz.Denied} {
		c.unmapped.WithLabelValues(e.String())
	}
	registry.MustRegister(c.decided, c.unmapped, c.reported, c.duration, c.underWay)
	return c
}

// Decided counts a decision. Unmapped is whether no row of the route table named the request.
func (c *Checks) Decided(d authz.Decision, unmapped bool) {
	c.decided.WithLabelValues(d.Effect.String(), string(d.Reason), d.Operation.Name).Inc()
	if d.Refused != "" {
		c.reported.WithLabelValues(string(d.Refused), d.Operation.Name).Inc()
	}
	if unmapped {
		c.unmapped.WithLabelValues(d.Effect.String()).Inc()
	}
}

// Authorizer decides requests.
type Authorizer interface {
	Authorize(ctx context.Context, r authz.Request) authz.Decision
}

// Timed measures how long Next takes to decide.
type Timed struct {
	Next   Authorizer
	checks *Checks
}

// Timed wraps next.
func (c *Checks) Timed(next Authorizer) Timed { return Timed{next, c} }

// Authorize asks Next.
func (t Timed) Authorize(ctx context.Context, r authz.Request) authz.Decision {
	start := time.Now()
	t.checks.underWay.Inc()
	defer func() {
		t.checks.underWay.Dec()
		t.checks.duration.Observe(time.Since(start).Seconds())
	}()
	return t.Next.Authorize(ctx, r)
}
