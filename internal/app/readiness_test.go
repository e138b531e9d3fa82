package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"extauthz/internal/metrics"
)

// watcher makes a readiness over a vital part and one that is not; what they say is set by the test.
func watcher(t *testing.T, log *slog.Logger) (r *readiness, vital, other *error) {
	t.Helper()
	vital, other = new(error), new(error)
	registry := prometheus.NewRegistry()
	return &readiness{
		health: health.NewServer(), metrics: metrics.NewHealth(registry), log: log, report: report{Status: statusStarting}, services: []string{"s"},
		parts: []*part{
			{name: "vital", vital: true, lost: "everything is lost", check: func(context.Context) error { return *vital }},
			{name: "other", lost: "something is lost", check: func(context.Context) error { return *other }},
		},
	}, vital, other
}

func (r *readiness) serving(t *testing.T) bool {
	t.Helper()
	var statuses []bool
	for _, service := range []string{"", "s"} {
		answer, err := r.health.Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
		statuses = append(statuses, err == nil && answer.GetStatus() == healthpb.HealthCheckResponse_SERVING)
	}
	if statuses[0] != statuses[1] {
		t.Errorf("the gRPC services do not agree: %v", statuses)
	}
	return statuses[0]
}

// TestReadinessNamesWhatFails goes through the states; gRPC health and /readyz agree in each of them.
func TestReadinessNamesWhatFails(t *testing.T) {
	var log strings.Builder
	r, vital, other := watcher(t, slog.New(slog.NewTextHandler(&log, nil)))
	secret := errors.New("the cause is for the log")
	for _, step := range []struct {
		name         string
		vital, other error
		status       string
		lost         string
		ready        bool
	}{
		{"all is well", nil, nil, statusOK, "", true},
		{"something fails", nil, secret, statusDegraded, "something is lost", true},
		{"everything fails", secret, secret, statusFailing, "everything is lost", false},
		{"the vital part fails", secret, nil, statusFailing, "everything is lost", false},
		{"all is well again", nil, nil, statusOK, "", true},
	} {
		*vital, *other = step.vital, step.other
		r.check(t.Context())
		now := r.now()
		if now.Status != step.status || now.ready() != step.ready || r.serving(t) != step.ready {
			t.Errorf("%s: %+v, gRPC serving %v", step.name, now, r.serving(t))
		}
		all := now.Parts["vital"] + now.Parts["other"]
		if !strings.Contains(all, step.lost) || strings.Contains(all, secret.Error()) {
			t.Errorf("%s: the parts say %q", step.name, all)
		}
	}
	if n := strings.Count(log.String(), secret.Error()); n != 2 {
		t.Errorf("the log has %d causes, want one for each change:\n%s", n, log.String())
	}
	r.drain()
	r.check(t.Context())
	if r.now().Status != statusDraining || r.serving(t) {
		t.Error("a check after draining made it ready again")
	}
}

// TestNothingIsReadyBeforeItsFirstCheck is the zero state.
func TestNothingIsReadyBeforeItsFirstCheck(t *testing.T) {
	r, _, _ := watcher(t, slog.New(slog.DiscardHandler))
	if r.now().ready() {
		t.Error("it is ready before anything was looked at")
	}
}

// TestAPartThatHangsFails and is not asked again before it has answered, while the others are.
func TestAPartThatHangsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, calls := make(chan struct{}), 0
		p := &part{check: func(context.Context) error { calls++; <-release; return nil }}
		for range 2 {
			if err := p.try(t.Context()); !errors.Is(err, errSlow) {
				t.Errorf("while it hangs: %v", err)
			}
		}
		close(release)
		synctest.Wait()
		if err := p.try(t.Context()); err != nil || calls != 2 {
			t.Errorf("when it answers again: %v after %d calls", err, calls)
		}
	})
}

// TestReadyzFollowsTheStore breaks the store of a running service.
func TestReadyzFollowsTheStore(t *testing.T) {
	a := start(t, nil)
	status, body := probe(t, a.Addrs().Diagnostics, "/readyz")
	if status != http.StatusOK || !strings.Contains(body, `"status":"degraded"`) || !strings.Contains(body, `"mlflow":"MLflow does not answer`) {
		t.Errorf("without MLflow: %d %s, want a degraded 200", status, body)
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	a.readiness.check(t.Context())
	status, body = probe(t, a.Addrs().Diagnostics, "/readyz")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, `"store_read":"the store cannot be read`) {
		t.Errorf("without a store: %d %s, want 503 that names it", status, body)
	}
	if status, body := probe(t, a.Addrs().Diagnostics, "/healthz"); status != http.StatusOK {
		t.Errorf("a restart mends no store, yet /healthz is %d %s", status, body)
	}
	if _, text := probe(t, a.Addrs().Diagnostics, "/metrics"); !strings.Contains(text, "extauthz_ready 0") || !strings.Contains(text, `extauthz_part_healthy{part="store_read"} 0`) {
		t.Error("the metrics do not say so")
	}
}

// TestProfilesAreOffByDefault looks for them where they must not be.
func TestProfilesAreOffByDefault(t *testing.T) {
	a := start(t, nil)
	for _, at := range []string{a.Addrs().Diagnostics.String(), a.Addrs().Admin.String()} {
		resp, err := http.Get("http://" + at + "/debug/pprof/heap")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			t.Errorf("%s serves profiles", at)
		}
	}
	on := start(t, func(c *Config) { c.PprofListen = "127.0.0.1:0" })
	if status, _ := probe(t, on.Addrs().Pprof, "/debug/pprof/heap"); status != http.StatusOK {
		t.Errorf("asked for: %d", status)
	}
	if status, _ := probe(t, on.Addrs().Diagnostics, "/debug/pprof/heap"); status == http.StatusOK {
		t.Error("asked for on one listener, they are on another, too")
	}
}

// TestProfilesStayOnThisMachine refuses every address that others may reach, and names, which may mean any.
func TestProfilesStayOnThisMachine(t *testing.T) {
	for listen, want := range map[string]bool{
		"127.0.0.1:6060": true, "[::1]:6060": true, "127.9.9.9:1": true, "0.0.0.0:6060": false, ":6060": false, "[::]:6060": false,
		"10.0.0.1:6060": false, "localhost:6060": false, "unix:///tmp/pprof": false,
	} {
		if loopback(listen) != want {
			t.Errorf("%s: %v", listen, !want)
		}
	}
}

// TestVersionIsInTheMetricsAndTheFirstLine of the log.
func TestVersionIsInTheMetricsAndTheFirstLine(t *testing.T) {
	var log strings.Builder
	c := testConfig(t)
	c.Build = Build{"1.2.3", "abcdef"}
	a, err := New(t.Context(), c, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(log.String(), "\n"); !strings.Contains(first, "version=1.2.3 revision=abcdef") {
		t.Errorf("the first line is %q", first)
	}
	a = start(t, func(c *Config) { c.Build = Build{"1.2.3", "abcdef"} })
	if _, text := probe(t, a.Addrs().Diagnostics, "/metrics"); !strings.Contains(text, `revision="abcdef",version="1.2.3"} 1`) {
		t.Error("extauthz_build_info does not say which build this is")
	}
}
