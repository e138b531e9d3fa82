package app

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"extauthz/authz"
	"extauthz/envoy"
)

// observer logs and counts decisions. Neither holds a credential, a query string or a body; metrics hold no user and no resource.
type observer struct {
	log        *slog.Logger
	logAllowed bool
	checks     *prometheus.CounterVec
	unmapped   *prometheus.CounterVec
	responses  prometheus.Counter
	reported   *prometheus.CounterVec
	recent     *recent
}

func newObserver(log *slog.Logger, registry prometheus.Registerer) *observer {
	o := &observer{
		log: log,
		checks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "extauthz_checks_total", Help: "Requests decided.",
		}, []string{"decision", "reason", "operation"}),
		unmapped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "extauthz_unmapped_requests_total", Help: "Requests that no row of the route table names: a new MLflow release, or a probe.",
		}, []string{"decision"}),
		responses: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "extauthz_response_failures_total", Help: "Responses of MLflow that could not be filtered and were withheld.",
		}),
	}
	o.reported = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "extauthz_reported_total", Help: "Requests that would have been denied, and were let through because their operation is only reported.",
	}, []string{"reason", "operation"})
	o.recent = newRecent(time.Now)
	registry.MustRegister(o.checks, o.unmapped, o.responses, o.reported)
	return o
}

// with returns one that counts with o, and logs as configured.
func (o *observer) with(live Live) *observer {
	other := *o
	other.logAllowed = live.LogAllowed
	return &other
}

func (o *observer) Observe(ctx context.Context, r authz.Request, d authz.Decision) {
	o.checks.WithLabelValues(d.Effect.String(), string(d.Reason), d.Operation.Name).Inc()
	o.recent.note(r, d)
	if d.Refused != "" {
		o.reported.WithLabelValues(string(d.Refused), d.Operation.Name).Inc()
	}
	unmapped := !d.Mapped && (d.Reason == authz.UnmappedRoute || d.Reason == authz.IsAdmin)
	if unmapped {
		o.unmapped.WithLabelValues(d.Effect.String()).Inc()
	}
	if d.Effect == authz.Allowed && d.Refused == "" && !unmapped && !o.logAllowed {
		return
	}
	o.log.LogAttrs(ctx, level(d, unmapped), "decision", attributes(r, d)...)
}

func level(d authz.Decision, unmapped bool) slog.Level {
	switch {
	case d.Effect == authz.Denied && d.Reason.Status() == http.StatusServiceUnavailable:
		return slog.LevelError
	case unmapped:
		return slog.LevelWarn
	default:
		return slog.LevelInfo
	}
}

func attributes(r authz.Request, d authz.Decision) []slog.Attr {
	path, _, _ := strings.Cut(r.Target, "?")
	a := []slog.Attr{
		slog.String("request_id", r.ID), slog.String("decision", d.Effect.String()), slog.String("reason", string(d.Reason)),
		slog.String("method", r.Method), slog.String("path", path), slog.String("operation", d.Operation.Name),
		slog.String("principal", d.Principal.Username), slog.String("source", r.Source.String()),
	}
	for _, c := range d.Checks {
		a = append(a, slog.Group("check", "action", c.Action.String(), "resource", c.Resource.String(),
			"permission", c.Permission.String(), "default", c.Default, "met", c.Met))
	}
	if d.Refused != "" {
		a = append(a, slog.String("refused", string(d.Refused)))
	}
	if d.Cause != nil {
		a = append(a, slog.String("cause", d.Cause.Error()))
	}
	return a
}

func (o *observer) responseFailed(ctx context.Context, x envoy.Exchange, err error) {
	o.responses.Inc()
	o.log.ErrorContext(ctx, "a response is withheld", "operation", x.Operation, "user_id", x.Principal.UserID, "error", err)
}

// timed measures how long deciding takes.
type timed struct {
	next     envoy.Authorizer
	duration prometheus.Histogram
}

func newTimed(next envoy.Authorizer, registry prometheus.Registerer) timed {
	t := timed{next, prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "extauthz_check_duration_seconds", Help: "Time to decide one request, look-ups and hashing included.",
		Buckets: []float64{5e-6, 1e-5, 2.5e-5, 1e-4, 1e-3, 5e-3, 0.025, 0.1, 0.5, 2.5},
	})}
	registry.MustRegister(t.duration)
	return t
}

func (t timed) Authorize(ctx context.Context, r authz.Request) authz.Decision {
	start := time.Now()
	defer func() { t.duration.Observe(time.Since(start).Seconds()) }()
	return t.next.Authorize(ctx, r)
}
