package app

import (
	"context"
	"encoding/hex"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	envoyconfig "extauthz/envoy/bootstrap"
	"extauthz/internal/testbed"
)

// spans is an OpenTelemetry collector.
type spans struct {
	collector.UnimplementedTraceServiceServer
	address string
	came    chan *otlp.ResourceSpans
}

func (s *spans) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	for _, of := range r.GetResourceSpans() {
		s.came <- of
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func collect(t *testing.T) *spans {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &spans{address: listener.Addr().String(), came: make(chan *otlp.ResourceSpans, 1000)}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, s)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return s
}

// span is one, with who sent it.
type span struct {
	*otlp.Span
	service string
}

func (s span) trace() string { return hex.EncodeToString(s.GetTraceId()) }

func (s span) attribute(key string) string {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == key {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// until gathers spans until those that came are enough.
func (s *spans) until(t *testing.T, enough func([]span) bool) (all []span) {
	t.Helper()
	patience := time.After(30 * time.Second)
	for !enough(all) {
		select {
		case of := <-s.came:
			service := ""
			for _, a := range of.GetResource().GetAttributes() {
				if a.GetKey() == "service.name" {
					service = a.GetValue().GetStringValue()
				}
			}
			for _, scope := range of.GetScopeSpans() {
				for _, one := range scope.GetSpans() {
					all = append(all, span{one, service})
				}
			}
		case <-patience:
			t.Fatalf("these are all the spans:\n%s", strings.Join(printed(all), "\n"))
		}
	}
	return all
}

func printed(all []span) (lines []string) {
	for _, s := range all {
		lines = append(lines, s.service+" "+protojson.MarshalOptions{}.Format(s.Span))
	}
	return lines
}

const (
	canaryRun   = "cafe0000cafe0000cafe0000cafe0000"
	canaryToken = "canary-of-somebody"
	clientTrace = "0af7651916cd43dd8448eb211c80319c"
)

// traced is the service behind the real Envoy, both with a collector. MLflow is one that knows a run.
func traced(t *testing.T) (url string, a *App, s *spans, atMLflow chan *http.Request) {
	t.Helper()
	atMLflow = make(chan *http.Request, 100)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health" {
			atMLflow <- r
		}
		_, _ = w.Write([]byte(`{"run":{"info":{"run_id":"` + canaryRun + `","experiment_id":"7","artifact_uri":"/a"}}}`))
	}))
	t.Cleanup(upstream.Close)
	s = collect(t)
	a = start(t, func(c *Config) { c.OTLPEndpoint, c.MLflowURL = "http://"+s.address, upstream.URL })
	listen := "127.0.0.1:" + testbed.FreePorts(t, 1)[0]
	config, err := envoyconfig.Render(envoyconfig.Options{
		Listen: listen, MLflow: strings.TrimPrefix(upstream.URL, "http://"), Check: a.Addrs().GRPC.String(), AuthAPI: a.Addrs().Admin.String(),
		Tracing: envoyconfig.Tracing{Collector: s.address},
	})
	if err != nil {
		t.Fatal(err)
	}
	testbed.Proxy(t, config, listen)
	return "http://" + listen, a, s, atMLflow
}

func get(t *testing.T, url, authorization string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Traceparent", "00-"+clientTrace+"-b7ad6b7169203331-01")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestOurSpansAreChildrenOfEnvoys, in its trace and not in one that a client names, and none has anything of the request but its path.
func TestOurSpansAreChildrenOfEnvoys(t *testing.T) {
	url, a, collected, atMLflow := traced(t)
	alice(t, a)
	target := url + "/api/2.0/mlflow/runs/get?run_id=" + canaryRun
	if status := get(t, target, basicOf("alice", longPassword)); status != 200 {
		t.Fatal(status)
	}
	if status := get(t, target, basicOf("alice", canaryToken)); status != 401 {
		t.Fatal(status)
	}
	if err := a.tracer.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	const check = "envoy.service.auth.v3.Authorization/Check"
	parents := func(all []span) (pairs [][2]span) {
		for _, own := range all {
			for _, theirs := range all {
				if own.Name == check && theirs.service == "extauthz-envoy" && slices.Equal(own.ParentSpanId, theirs.SpanId) {
					pairs = append(pairs, [2]span{theirs, own})
				}
			}
		}
		return pairs
	}
	all := collected.until(t, func(all []span) bool {
		ingress := 0
		for _, s := range all {
			if s.service == "extauthz-envoy" && s.attribute("extauthz.decision") != "" {
				ingress++
			}
		}
		return len(parents(all)) == 2 && ingress >= 2
	})
	var decisions []string
	for _, pair := range parents(all) {
		envoy, own := pair[0], pair[1]
		if own.trace() != envoy.trace() || own.trace() == clientTrace || own.service != "extauthz" || own.Kind != otlp.Span_SPAN_KIND_SERVER {
			t.Errorf("%q", printed([]span{envoy, own}))
		}
		decisions = append(decisions, own.attribute("extauthz.decision")+" "+own.attribute("extauthz.reason")+" "+own.attribute("extauthz.operation"))
		if id := own.attribute("extauthz.request_id"); id == "" || !slices.ContainsFunc(all, func(s span) bool {
			return s.service == "extauthz-envoy" && s.trace() == own.trace() && s.attribute("guid:x-request-id") == id
		}) {
			t.Errorf("the request id %q is not Envoy's", id)
		}
	}
	if slices.Sort(decisions); !slices.Equal(decisions, []string{"allow granted GetRun", "deny unauthenticated "}) {
		t.Errorf("the decisions are %q", decisions)
	}
	steps := map[string]int{}
	for _, s := range all {
		if s.service == "extauthz" {
			steps[s.Name]++
		}
	}
	for step, n := range map[string]int{check: 2, "authenticate": 2, "map": 1, "decide": 1, "resolve": 1, "GET": 1} {
		if steps[step] != n {
			t.Errorf("%d spans of %s, want %d: %v", steps[step], step, n, steps)
		}
	}
	for _, line := range printed(all) {
		for _, secret := range []string{canaryRun, canaryToken, longPassword, basicOf("alice", longPassword), basicOf("alice", canaryToken), "alice", "?"} {
			if strings.Contains(line, secret) {
				t.Errorf("%q is in a span: %s", secret, line)
			}
		}
	}
	lookup, passed := <-atMLflow, <-atMLflow
	if !strings.HasPrefix(lookup.URL.Path, "/ajax-api/") || !slices.ContainsFunc(all, func(s span) bool {
		return s.Name == "GET" && lookup.Header.Get("Traceparent") == "00-"+s.trace()+"-"+hex.EncodeToString(s.SpanId)+"-01"
	}) {
		t.Errorf("the look-up %s carries %q", lookup.URL.Path, lookup.Header.Get("Traceparent"))
	}
	if passed.Header.Get("Traceparent") != "" || passed.Header.Get("Tracestate") != "" {
		t.Errorf("MLflow sees the trace in what is passed on: %v", passed.Header)
	}
}
