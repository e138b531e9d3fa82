package tracing

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// telling puts into our log that spans cannot be sent, once until they can be again.
type telling struct {
	sdktrace.SpanExporter
	log     *slog.Logger
	failing atomic.Bool
}

// ExportSpans never fails: OpenTelemetry would write to standard error by itself.
func (e *telling) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	if was := e.failing.Swap(err != nil); err != nil && !was {
		e.log.WarnContext(ctx, "spans cannot be sent to the collector and are lost", "error", err)
	} else if err == nil && was {
		e.log.InfoContext(ctx, "spans are sent to the collector again")
	}
	return nil
}
