package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Config says where spans go, and who sends them.
type Config struct {
	Endpoint string // a collector that takes OTLP over gRPC: http://host:4317, or https
	Version  string // of the service
	Log      *slog.Logger
}

// Tracer makes spans and sends them, many at a time and in the background. A collector that is slow or gone costs spans, and nothing else. The
// nil Tracer is off.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	context  propagation.TraceContext // W3C's traceparent
}

// New is the Tracer of an endpoint, nil for none. What else OpenTelemetry's own variables say about the exporter, the sampler and the resource
// holds, too.
func New(ctx context.Context, c Config) (*Tracer, error) {
	if c.Endpoint == "" {
		return nil, nil
	}
	if err := CheckEndpoint(c.Endpoint); err != nil {
		return nil, err
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(c.Endpoint))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	return newTracer(sdktrace.WithBatcher(&telling{SpanExporter: exporter, log: c.Log}), c.Version)
}

func newTracer(to sdktrace.TracerProviderOption, version string) (*Tracer, error) {
	who, err := resource.New(context.Background(),
		resource.WithAttributes(attribute.String("service.name", "extauthz"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(to, sdktrace.WithResource(who))
	return &Tracer{provider: provider, tracer: provider.Tracer("extauthz")}, nil
}

// CheckEndpoint refuses what is no collector's address. Its error does not repeat a password.
func CheckEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.User != nil:
		return errors.New("must be a URL without a name or password: put those into OTEL_EXPORTER_OTLP_HEADERS")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "":
		return fmt.Errorf("%q: give it as http://host:4317", endpoint)
	default:
		return nil
	}
}

// Flush sends what there is.
func (t *Tracer) Flush(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.ForceFlush(ctx)
}

// closing bounds how long the end of the process waits for a collector.
const closing = 3 * time.Second

// Close sends what is left, if the collector takes it soon.
func (t *Tracer) Close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, closing)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // the log knows already that the collector is gone
}
