package app

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"extauthz/authz"
	"extauthz/envoy"
	"extauthz/internal/metrics"
	"extauthz/internal/tracing"
)

// observer logs and counts decisions. Neither holds a credential, a query string or a body; metrics hold no user and no resource.
type observer struct {
	log        *slog.Logger // the stream of decisions
	logAllowed bool
	share      float64 // of what is allowed, when it is logged
	checks     *metrics.Checks
	recent     *recent
	tracer     *tracing.Tracer // nil: no traces
}

// with returns one that counts with o, and logs as configured.
func (o *observer) with(live Live) *observer {
	other := *o
	other.logAllowed, other.share = live.LogAllowed, live.LogAllowedSample
	return &other
}

func (o *observer) Observe(ctx context.Context, r authz.Request, d authz.Decision) {
	o.recent.note(r, d)
	o.tracer.Decided(ctx, r, d)
	unmapped := !d.Mapped && (d.Reason == authz.UnmappedRoute || d.Reason == authz.IsAdmin)
	o.checks.Decided(d, unmapped)
	usual := d.Effect == authz.Allowed && d.Refused == "" && !unmapped
	if usual && (!o.logAllowed || !sampled(r.ID, o.share)) {
		return
	}
	a := attributes(r, d)
	if usual && o.share < 1 {
		a = append(a, slog.Float64("sample", o.share)) // what one line stands for
	}
	o.log.LogAttrs(ctx, level(d, unmapped), "decision", a...)
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

// responses times what next does to responses, and logs and counts those that nobody may see.
type responses struct {
	next    envoy.Responder
	log     *slog.Logger
	metrics *metrics.Responses
}

func (o responses) Respond(ctx context.Context, x envoy.Exchange, r envoy.Response) (envoy.Answer, error) {
	defer o.metrics.Began()()
	return o.next.Respond(ctx, x, r)
}

func (o responses) failed(ctx context.Context, x envoy.Exchange, err error) {
	o.metrics.Failed()
	o.log.ErrorContext(ctx, "a response is withheld", "request_id", x.RequestID, "operation", x.Operation, "user_id", x.Principal.UserID, "error", err)
}
