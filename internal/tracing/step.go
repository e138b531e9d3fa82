package tracing

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"extauthz/authz/lookup"
)

// Steps has the steps of decisions traced, as authz.Authorizer wants to be told; nil when off.
func (t *Tracer) Steps() func(ctx context.Context, step string) (context.Context, func()) {
	if t == nil {
		return nil
	}
	return func(ctx context.Context, step string) (context.Context, func()) {
		ctx, span := t.child(ctx, step, trace.SpanKindInternal)
		return ctx, func() { span.End() }
	}
}

// child begins a span where there is a trace to be part of.
func (t *Tracer) child(ctx context.Context, name string, kind trace.SpanKind) (context.Context, trace.Span) {
	if parent := trace.SpanFromContext(ctx); !parent.IsRecording() {
		return ctx, trace.SpanFromContext(context.Background()) // one that records nothing
	}
	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind))
}

// Lookups has questions to MLflow traced, besides telling next of them.
func (t *Tracer) Lookups(next lookup.Watch) lookup.Watch {
	if t == nil {
		return next
	}
	return func(ctx context.Context, method, path string) (context.Context, func(error)) {
		ctx, ended := next(ctx, method, path)
		ctx, span := t.child(ctx, method, trace.SpanKindClient)
		span.SetAttributes(attribute.String("http.request.method", method), attribute.String("url.path", path))
		return ctx, func(err error) {
			if err != nil {
				span.SetStatus(codes.Error, "")
			}
			span.End()
			ended(err)
		}
	}
}

// Through has what is sent through next carry the traceparent of its span.
func (t *Tracer) Through(next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	return propagating{next, t.context}
}

type propagating struct {
	next    http.RoundTripper
	context propagation.TraceContext
}

func (p propagating) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace.SpanContextFromContext(r.Context()).IsValid() {
		r = r.Clone(r.Context()) // a RoundTripper must leave the request as it is
		p.context.Inject(r.Context(), propagation.HeaderCarrier(r.Header))
	}
	return p.next.RoundTrip(r)
}
