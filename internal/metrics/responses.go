package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Responses times and counts what becomes of MLflow's responses.
type Responses struct {
	duration prometheus.Histogram
	failures prometheus.Counter
}

// NewResponses registers its metrics.
func NewResponses(registry prometheus.Registerer) *Responses {
	r := &Responses{
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "extauthz_response_duration_seconds",
			Help:    "Time to read and change one of MLflow's responses (lists lose rows, creates give MANAGE), refilling of pages included. It ends after 5 s with what it has; long ones mean that many hidden rows match a search.",
			Buckets: []float64{1e-4, 1e-3, 5e-3, 0.025, 0.1, 0.5, 1, 2.5, 5},
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "extauthz_response_failures_total",
			Help: "Responses of MLflow that could not be filtered and were withheld: the caller got 503. It should stay 0; the log names the operation and the error.",
		}),
	}
	registry.MustRegister(r.duration, r.failures)
	return r
}

// Began returns what to call when a response has been dealt with.
func (r *Responses) Began() (ended func()) {
	start := time.Now()
	return func() { r.duration.Observe(time.Since(start).Seconds()) }
}

// Failed counts a response that was withheld.
func (r *Responses) Failed() { r.failures.Inc() }
