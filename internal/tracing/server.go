package tracing

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"extauthz/authz"
)

// ServerOptions have the calls of these gRPC services traced; none when off.
func (t *Tracer) ServerOptions(services ...string) []grpc.ServerOption {
	if t == nil {
		return nil
	}
	return []grpc.ServerOption{grpc.ChainUnaryInterceptor(t.unary(services...)), grpc.ChainStreamInterceptor(t.stream(services...))}
}

func (t *Tracer) unary(services ...string) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, in any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		name, traced := call(info.FullMethod, services)
		if !traced {
			return next(ctx, in)
		}
		ctx, span := t.serve(ctx, name)
		defer span.End()
		return next(ctx, in)
	}
}

func (t *Tracer) stream(services ...string) grpc.StreamServerInterceptor {
	return func(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		name, traced := call(info.FullMethod, services)
		if !traced {
			return next(server, stream)
		}
		ctx, span := t.serve(stream.Context(), name)
		defer span.End()
		return next(server, within{stream, ctx})
	}
}

// call is the name of a call, and whether it is one of the services'.
func call(method string, services []string) (name string, is bool) {
	name = strings.TrimPrefix(method, "/")
	service, _, _ := strings.Cut(name, "/")
	return name, slices.Contains(services, service)
}

// serve begins the span of a call whose parent is the caller's.
func (t *Tracer) serve(ctx context.Context, name string) (context.Context, trace.Span) {
	said, _ := metadata.FromIncomingContext(ctx)
	ctx = t.context.Extract(ctx, carrier(said))
	return t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.String("rpc.system", "grpc")))
}

// within is a stream in the context of its span.
type within struct {
	grpc.ServerStream
	ctx context.Context
}

func (s within) Context() context.Context { return s.ctx }

// carrier reads what must be there once.
type carrier metadata.MD

func (c carrier) Get(key string) string {
	if v := c[key]; len(v) == 1 {
		return v[0]
	}
	return ""
}

func (c carrier) Set(string, string) {}

func (c carrier) Keys() []string { return nil }

// longestID bounds what a client may have chosen.
const longestID = 128

// Decided says on the span of a call what was decided in it.
func (t *Tracer) Decided(ctx context.Context, r authz.Request, d authz.Decision) {
	if t == nil {
		return
	}
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(
		attribute.String("extauthz.operation", d.Operation.Name), attribute.String("extauthz.decision", d.Effect.String()),
		attribute.String("extauthz.reason", string(d.Reason)), attribute.String("extauthz.request_id", r.ID[:min(len(r.ID), longestID)]))
	if d.Refused != "" {
		span.SetAttributes(attribute.String("extauthz.refused", string(d.Refused)))
	}
	if d.Effect == authz.Denied && d.Reason.Status() == http.StatusServiceUnavailable {
		span.SetStatus(codes.Error, "")
	}
}
