package tracing

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"extauthz/authz"
)

const (
	kept    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	dropped = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
)

// inMemory is a Tracer whose spans stay here.
func inMemory(t testing.TB) (*Tracer, *tracetest.InMemoryExporter) {
	t.Helper()
	spans := tracetest.NewInMemoryExporter()
	made, err := newTracer(sdktrace.WithSyncer(spans), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	return made, spans
}

func calledWith(t testing.TB, lines ...string) context.Context {
	t.Helper()
	return metadata.NewIncomingContext(t.Context(), metadata.MD{"traceparent": lines})
}

// decideOnce is a call in which there is a step that asks MLflow.
func decideOnce(tr *Tracer, ctx context.Context, d authz.Decision) {
	ctx, span := tr.serve(ctx, "service/Check")
	stepped, ended := tr.Steps()(ctx, authz.StepResolve)
	_, answered := tr.Lookups(func(ctx context.Context, _, _ string) (context.Context, func(error)) { return ctx, func(error) {} })(stepped, "GET", "/path")
	answered(errors.New("secret of MLflow"))
	ended()
	tr.Decided(ctx, authz.Request{ID: strings.Repeat("r", 1000), Target: "/?secret=1"}, d)
	span.End()
}

func TestSpansFollowTheCaller(t *testing.T) {
	for name, c := range map[string]struct {
		said   []string
		spans  int
		parent bool
	}{
		"in a trace that is kept":    {[]string{kept}, 3, true},
		"in one that is not":         {[]string{dropped}, 0, false},
		"in none":                    {nil, 3, false},
		"in two, of which none is":   {[]string{kept, kept}, 3, false},
		"in something that is no id": {[]string{"00-xyz"}, 3, false},
	} {
		tr, spans := inMemory(t)
		decideOnce(tr, calledWith(t, c.said...), authz.Decision{Reason: authz.LookupFailed, Text: "secret text", Cause: errors.New("secret cause")})
		got := spans.GetSpans()
		if len(got) != c.spans {
			t.Errorf("%s: %d spans, want %d", name, len(got), c.spans)
			continue
		}
		if c.spans == 0 {
			continue
		}
		call, step, lookup := got[2], got[1], got[0]
		if (call.Parent.SpanID().String() == "b7ad6b7169203331") != c.parent || step.Parent.SpanID() != call.SpanContext.SpanID() ||
			lookup.Parent.SpanID() != step.SpanContext.SpanID() || lookup.SpanContext.TraceID() != call.SpanContext.TraceID() {
			t.Errorf("%s: the spans are not children of one another: %+v", name, got)
		}
		for _, s := range got {
			for _, a := range s.Attributes {
				if strings.Contains(a.Value.String(), "secret") || len(a.Value.String()) > longestID {
					t.Errorf("%s: %s has %q", name, s.Name, a.Value.String())
				}
			}
			if s.Status.Description != "" || len(s.Events) > 0 {
				t.Errorf("%s: %s says %+v %+v", name, s.Name, s.Status, s.Events)
			}
		}
	}
}

// TestNothingBeginsATraceByItself: what is done in the background has no caller.
func TestNothingBeginsATraceByItself(t *testing.T) {
	tr, spans := inMemory(t)
	_, ended := tr.Steps()(t.Context(), authz.StepDecide)
	ended()
	_, answered := tr.Lookups(func(ctx context.Context, _, _ string) (context.Context, func(error)) { return ctx, func(error) {} })(t.Context(), "GET", "/")
	answered(nil)
	tr.Decided(t.Context(), authz.Request{}, authz.Decision{})
	if n := len(spans.GetSpans()); n != 0 {
		t.Errorf("%d spans", n)
	}
}

// TestOff is the nil Tracer.
func TestOff(t *testing.T) {
	off, err := New(t.Context(), Config{})
	if off != nil || err != nil {
		t.Fatal(off, err)
	}
	next := roundTrip(func(*http.Request) {})
	if off.Steps() != nil || off.ServerOptions("a") != nil || off.Lookups(nil) != nil || off.Flush(t.Context()) != nil {
		t.Error("what is off does something")
	}
	if _, same := off.Through(next).(roundTrip); !same {
		t.Error("what is off is in the way")
	}
	off.Decided(t.Context(), authz.Request{}, authz.Decision{})
	off.Close(t.Context())
}

type roundTrip func(*http.Request)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	f(r)
	return &http.Response{}, nil
}

func TestQuestionsCarryTheTrace(t *testing.T) {
	tr, _ := inMemory(t)
	for said, want := range map[string]string{kept: "-01", dropped: "-00", "": ""} {
		ctx := t.Context()
		if said != "" {
			ctx, _ = tr.serve(calledWith(t, said), "service/Check")
		}
		r, err := http.NewRequestWithContext(ctx, "GET", "http://mlflow", nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := tr.Through(roundTrip(func(r *http.Request) { got = r.Header.Get("Traceparent") })).RoundTrip(r); err != nil {
			t.Fatal(err)
		}
		if said == "" && got != "" || said != "" && (!strings.HasPrefix(got, "00-0af7651916cd43dd8448eb211c80319c-") || !strings.HasSuffix(got, want)) {
			t.Errorf("in %q it is %q", said, got)
		}
		if r.Header.Get("Traceparent") != "" {
			t.Error("the caller's own request was changed")
		}
	}
}

func TestEndpointIsChecked(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"http://127.0.0.1:4317": true, "https://collector.example.com:4317": true, "http://[::1]:4317/": true,
		"127.0.0.1:4317": false, "collector": false, "ftp://a": false, "http://a:4318/v1/traces": false, "http://": false, "http://u:hunter2@a:4317": false,
	} {
		err := CheckEndpoint(endpoint)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

// broken takes spans and fails as it is told.
type broken struct {
	sdktrace.SpanExporter
	err error
}

func (b *broken) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return b.err }

// TestALostCollectorIsToldOnce, and so is that it is back.
func TestALostCollectorIsToldOnce(t *testing.T) {
	var out strings.Builder
	to := &broken{err: errors.New("refused")}
	e := &telling{SpanExporter: to, log: slog.New(slog.NewTextHandler(&out, nil))}
	for _, err := range []error{to.err, to.err, nil, nil, to.err} {
		to.err = err
		if err := e.ExportSpans(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	if lost, again := strings.Count(out.String(), "are lost"), strings.Count(out.String(), "again"); lost != 2 || again != 1 {
		t.Errorf("%d times lost, %d times back:\n%s", lost, again, out.String())
	}
}

// TestOtherCallsAreNotTraced: probes ask all the time.
func TestOtherCallsAreNotTraced(t *testing.T) {
	tr, spans := inMemory(t)
	if len(tr.ServerOptions("a.Service")) != 2 {
		t.Fatal("there are two kinds of calls")
	}
	intercept := tr.unary("a.Service")
	for _, method := range []string{"/a.Service/Check", "/grpc.health.v1.Health/Check", "/a.Service2/Check"} {
		if _, err := intercept(t.Context(), nil, &grpc.UnaryServerInfo{FullMethod: method}, func(context.Context, any) (any, error) { return nil, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if got := spans.GetSpans(); len(got) != 1 || got[0].Name != "a.Service/Check" || got[0].SpanKind != trace.SpanKindServer {
		t.Errorf("%+v", got)
	}
}

// BenchmarkDecided shows what one decision costs more: off, in a trace that is not kept, and in one that is.
func BenchmarkDecided(b *testing.B) {
	on, err := newTracer(sdktrace.WithSyncer(&broken{}), "")
	if err != nil {
		b.Fatal(err)
	}
	r, d := authz.Request{ID: "r"}, authz.Decision{Effect: authz.Allowed}
	b.Run("off", func(b *testing.B) {
		b.ReportAllocs()
		for ctx := b.Context(); b.Loop(); {
			(*Tracer)(nil).Decided(ctx, r, d)
		}
	})
	for name, said := range map[string]string{"dropped": dropped, "kept": kept} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for ctx := calledWith(b, said); b.Loop(); {
				ctx, span := on.serve(ctx, "service/Check")
				on.Decided(ctx, r, d)
				span.End()
			}
		})
	}
}
