package migrate_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"

	"extauthz/authz"
	"extauthz/envoy"
	"extauthz/internal/app"
	"extauthz/internal/migrate"
	"extauthz/internal/testbed"
)

// recorded is what e2e/migration has asked a real server, and what that answered.
type recorded struct {
	Release    string            `json:"release"`
	Workspaces bool              `json:"workspaces"`
	Passwords  map[string]string `json:"passwords"`
	Asked      []question        `json:"asked"`
}

type question struct {
	Workspace string         `json:"workspace"`
	User      string         `json:"user"`
	Method    string         `json:"method"`
	Path      string         `json:"path"`
	Body      jsontext.Value `json:"body"`
	Status    int            `json:"status"`
}

func (q question) String() string {
	return fmt.Sprintf("%s: %s %s %s (workspace %q)", q.User, q.Method, q.Path, q.Body, q.Workspace)
}

func record(t *testing.T, name string) recorded {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(text, &r, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPeopleKeepTheirPasswordsAndPermissions imports each database that a real server wrote into a real service, in front of a real MLflow that
// has the same things. Everybody signs in with the old password, and may do what the server that wrote the database let them do.
func TestPeopleKeepTheirPasswordsAndPermissions(t *testing.T) {
	mlflow := "http://" + stage(t)
	for _, name := range databases(t) {
		t.Run(name, func(t *testing.T) {
			r := record(t, name)
			s, path := newStore(t)
			p := planNamed(t, s, name, migrate.Options{Passwords: hasher(t)})
			apply(t, s, p)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			service := serve(t, path, mlflow, r.Workspaces)
			signIn(t, service, r, p)
			decide(t, service, r, p)
		})
	}
}

// stage is a plain MLflow with what the recorded servers had, under the same ids.
func stage(t *testing.T) (address string) {
	t.Helper()
	s := testbed.Start(t, testbed.Options{Workspaces: true})
	post := func(path, workspace, body string) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+s.MLflow+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Mlflow-Workspace", workspace)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if text, _ := io.ReadAll(answer.Body); answer.StatusCode >= 400 {
			t.Fatalf("%s: %d %s", path, answer.StatusCode, text)
		}
	}
	post("/api/3.0/mlflow/workspaces", "default", `{"name": "team-a"}`)
	for _, workspace := range []string{"default", "team-a"} {
		for _, name := range []string{"0", "1", "2"} {
			post("/api/2.0/mlflow/experiments/create", workspace, `{"name": "paintings `+name+`"}`)
		}
		for _, model := range []string{`{"name": "painter"}`, `{"name": "painter-v*"}`, `{"name": "greeting", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}`} {
			post("/api/2.0/mlflow/registered-models/create", workspace, model)
		}
	}
	return s.MLflow
}

func serve(t *testing.T, path, mlflow string, workspaces bool) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{
		StorePath: path, GRPCListen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", DiagnosticsListen: "127.0.0.1:0", MLflowURL: mlflow,
		Workspaces: workspaces, Live: app.Live{DefaultPermission: authz.Read}, MaxRequestBytes: 1 << 20, MaxResponseBytes: 1 << 20, CacheEntries: 100,
	}, slog.New(slog.DiscardHandler))
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

// signIn has everybody ask who they are. Those who were left out cannot; nobody can with another password.
func signIn(t *testing.T, a *app.App, r recorded, p migrate.Plan) {
	t.Helper()
	carried := map[string]migrate.UserChange{}
	for _, u := range p.Users {
		carried[u.Username] = u
	}
	ask := func(name, password string) int {
		request, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Addrs().Admin.String()+"/api/2.0/mlflow/users/current", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(name, password)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	for name, password := range r.Passwords {
		want := http.StatusUnauthorized
		if _, ok := carried[name]; ok {
			want = http.StatusOK
		}
		if got := ask(name, password); got != want {
			t.Errorf("%s signs in with the old password: %d, want %d", name, got, want)
		}
	}
	if got := ask("bob", "not "+r.Passwords["bob"]); got != http.StatusUnauthorized {
		t.Errorf("bob signs in with another password: %d", got)
	}
	if known := strings.HasPrefix(r.Passwords["admin"], "password"); carried["admin"].MustChangePassword != known {
		t.Errorf("admin must change the password: %t, want %t", !known, known)
	}
}

// decide asks as Envoy does. Where MLflow lost a NO_PERMISSIONS, we have it.
func decide(t *testing.T, a *app.App, r recorded, p migrate.Plan) {
	t.Helper()
	conn, err := grpc.NewClient(a.Addrs().GRPC.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	carried, restored := map[string]bool{}, strings.Join(found(p, migrate.Restored), "\n")
	for _, u := range p.Users {
		carried[u.Username] = true
	}
	for _, q := range r.Asked {
		want := carried[q.User] && q.Status < 400
		answer, err := auth.NewAuthorizationClient(conn).Check(t.Context(), q.check(r.Passwords[q.User]))
		if err != nil {
			t.Fatal(err)
		}
		got := answer.GetStatus().GetCode() == int32(codes.OK)
		if !got && want && strings.Contains(restored, fmt.Sprintf("NO_PERMISSIONS of %q", q.User)) {
			continue
		}
		if got != want {
			t.Errorf("%s\nallowed: %t, MLflow %s: %d; %s", q, got, r.Release, q.Status, answer.GetDeniedResponse().GetBody())
		}
	}
}

func (q question) check(password string) *auth.CheckRequest {
	h := &core.HeaderMap{}
	lines := [][2]string{
		{":authority", "localhost"},
		{":path", q.Path},
		{":method", q.Method},
		{"content-type", "application/json"},
		{"authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(q.User+":"+password))},
	}
	if q.Workspace != "" {
		lines = append(lines, [2]string{"x-mlflow-workspace", q.Workspace})
	}
	var body []byte
	if q.Body.Kind() == '{' {
		body = q.Body
		lines = append(lines, [2]string{"content-length", fmt.Sprint(len(body))})
	}
	for _, line := range lines {
		h.Headers = append(h.Headers, &core.HeaderValue{Key: line[0], RawValue: []byte(line[1])})
	}
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{
		Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
			Id: "1", Method: q.Method, HeaderMap: h, Path: q.Path, Host: "localhost", Scheme: "http", Protocol: "HTTP/1.1",
			RawBody: body, Size: int64(len(body)),
		}},
		ContextExtensions: map[string]string{envoy.ContextResponse: envoy.ResponseFiltered},
	}}
}
