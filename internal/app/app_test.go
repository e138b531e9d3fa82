package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"extauthz/authz"
)

const longPassword = "long enough for everybody"

// start runs an App on free ports until the test ends. No MLflow is behind it.
func start(t *testing.T, change func(*Config)) *App {
	t.Helper()
	c := testConfig(t)
	if change != nil {
		change(&c)
	}
	a, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Drain(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func testConfig(t testing.TB) Config {
	t.Helper()
	return Config{
		StorePath: filepath.Join(t.TempDir(), "s.db"), Init: true, GRPCListen: "127.0.0.1:0", AdminListen: "127.0.0.1:0",
		DiagnosticsListen: "127.0.0.1:0", MLflowURL: "http://127.0.0.1:1", Live: Live{DefaultPermission: authz.Read, LogAllowedSample: 1}, AdminUsername: "admin",
		AdminPassword: longPassword, MaxRequestBytes: 1 << 20, MaxResponseBytes: 1 << 20, CacheEntries: 100,
	}
}

// ask calls the auth API directly, as the admin.
func ask(t *testing.T, a *App, method, path, password string, body map[string]any) (int, string) {
	t.Helper()
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		payload = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addrs().Admin.String()+path, payload)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("admin", password)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestDefaultPasswordCanOnlyBeChanged is MLflow's documented admin with password1234.
func TestDefaultPasswordCanOnlyBeChanged(t *testing.T) {
	a := start(t, func(c *Config) { c.AdminPassword = "password1234" })
	create := map[string]any{"username": "alice", "password": longPassword}
	if status, body := ask(t, a, "POST", "/api/2.0/mlflow/users/create", "password1234", create); status != http.StatusForbidden {
		t.Errorf("before: %d %s, want 403", status, body)
	}
	change := map[string]any{"username": "admin", "password": longPassword, "current_password": "password1234"}
	if status, body := ask(t, a, "PATCH", "/api/2.0/mlflow/users/update-password", "password1234", change); status != http.StatusOK {
		t.Fatalf("changing it: %d %s, want 200", status, body)
	}
	if status, body := ask(t, a, "POST", "/api/2.0/mlflow/users/create", longPassword, create); status != http.StatusOK {
		t.Errorf("afterwards: %d %s, want 200", status, body)
	}
}

// TestDefaultPasswordInDevelopment is the twin: a flag for development lets it be kept.
func TestDefaultPasswordInDevelopment(t *testing.T) {
	a := start(t, func(c *Config) { c.AdminPassword, c.AllowDefaultPassword = "password1234", true })
	create := map[string]any{"username": "alice", "password": longPassword}
	if status, body := ask(t, a, "POST", "/api/2.0/mlflow/users/create", "password1234", create); status != http.StatusOK {
		t.Errorf("%d %s, want 200", status, body)
	}
}

// TestHealth asks as Envoy and Kubernetes do, and sees the service leave before it goes.
func TestHealth(t *testing.T) {
	a := start(t, nil)
	conn, err := grpc.NewClient(a.Addrs().GRPC.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := healthpb.NewHealthClient(conn)
	for _, service := range []string{"", "envoy.service.auth.v3.Authorization", "envoy.service.ext_proc.v3.ExternalProcessor"} {
		r, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
		if err != nil || r.Status != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v %v, want SERVING", service, r, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watch, err := client.Watch(ctx, &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := watch.Recv(); err != nil || r.Status != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("watch: %v %v", r, err)
	}
	a.readiness.drain()
	if r, err := watch.Recv(); err != nil || r.Status != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("while draining: %v %v, want NOT_SERVING", r, err)
	}
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/metrics": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		if status, body := probe(t, a.Addrs().Diagnostics, path); status != want {
			t.Errorf("%s while draining: %d %s, want %d", path, status, body, want)
		}
	}
}

// probe asks one of the plain HTTP listeners.
func probe(t *testing.T, at net.Addr, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + at.String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
