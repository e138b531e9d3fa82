package app

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"extauthz/store"
)

// logged is what the service logs, while it still does.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lines are those of one stream.
func (l *logged) lines(t *testing.T, stream string) (all []map[string]any) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := bufio.NewScanner(strings.NewReader(l.text.String())); s.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
		if line["stream"] == stream {
			all = append(all, line)
		}
	}
	return all
}

// startLogged runs an App whose log is kept, and returns what stops it.
func startLogged(t *testing.T, change func(*Config)) (a *App, log *logged, stop func()) {
	t.Helper()
	c, log := testConfig(t), &logged{}
	if change != nil {
		change(&c)
	}
	a, err := New(t.Context(), c, slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		if err := a.Drain(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return a, log, stop
}

func basicOf(username, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
}

// checkAs asks as Envoy would, for a page that anybody signed in may see.
func checkAs(t *testing.T, a *App, id, authorization string) *auth.CheckResponse {
	t.Helper()
	conn, err := grpc.NewClient(a.Addrs().GRPC.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	headers := map[string]string{"x-request-id": id}
	if authorization != "" {
		headers["authorization"] = authorization
	}
	answer, err := auth.NewAuthorizationClient(conn).Check(t.Context(), &auth.CheckRequest{Attributes: &auth.AttributeContext{
		Source: &auth.AttributeContext_Peer{Address: &core.Address{Address: &core.Address_SocketAddress{
			SocketAddress: &core.SocketAddress{Address: "192.0.2.7", PortSpecifier: &core.SocketAddress_PortValue{PortValue: 1}},
		}}},
		Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
			Method: "GET", Path: "/ajax-api/2.0/mlflow/experiments/search?max_results=1", Host: "mlflow", Headers: headers,
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// call asks the auth API directly, with any credential.
func call(t *testing.T, a *App, path, id, authorization string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+a.Addrs().Admin.String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-Id", id)
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestFailedSignInsAreAudited, wherever somebody signs in; the owner's own and a request without a credential are not.
func TestFailedSignInsAreAudited(t *testing.T) {
	const secret = "Hunter2-canary"
	a, log, stop := startLogged(t, nil)
	if status, body := ask(t, a, "PATCH", "/api/2.0/mlflow/users/update-password", longPassword,
		map[string]any{"username": "admin", "password": "another long enough one", "current_password": secret}); status < 400 {
		t.Fatalf("a wrong current password: %d %s", status, body)
	}
	checkAs(t, a, "checked", basicOf("admin", secret))
	checkAs(t, a, "nobody", basicOf(secret, secret))
	checkAs(t, a, "garbled", "Bearer "+secret+".x.y")
	for id, path := range map[string]string{"direct": "/api/2.0/mlflow/users/list", "signup": "/signup"} {
		if status := call(t, a, path, id, basicOf("admin", secret)); status != 401 {
			t.Errorf("%s: %d", path, status)
		}
		if status := call(t, a, path, "owner", basicOf("admin", longPassword)); status != 200 {
			t.Errorf("%s by its owner: %d", path, status)
		}
		call(t, a, path, "absent", "")
	}
	checkAs(t, a, "owner", basicOf("admin", longPassword))
	checkAs(t, a, "absent", "")
	stop()
	var got []string
	for _, line := range log.lines(t, "audit") {
		if line["action"] != string(store.SignInFailed) {
			continue
		}
		after, _ := line["after"].(map[string]any)
		id, _ := line["request_id"].(string)
		got = append(got, strings.Join([]string{
			id, line["target"].(string), line["source"].(string), after["credential"].(string), after["failure"].(string),
		}, " "))
	}
	slices.Sort(got)
	want := []string{
		" user admin 127.0.0.1 current_password wrong",
		"checked user admin 192.0.2.7 password wrong", "direct user admin 127.0.0.1 password wrong",
		"garbled unknown user 192.0.2.7 jwt malformed", "nobody unknown user 192.0.2.7 password wrong", "signup user admin 127.0.0.1 password wrong",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(log.text.String(), secret) {
		t.Errorf("what was typed is in the log:\n%s", log.text.String())
	}
}

// TestAuditStream has every record of the store, once and in order.
func TestAuditStream(t *testing.T) {
	a, log, stop := startLogged(t, nil)
	for _, name := range []string{"alice", "bob"} {
		if status, body := ask(t, a, "POST", "/api/2.0/mlflow/users/create", longPassword, map[string]any{"username": name, "password": longPassword}); status != 200 {
			t.Fatal(status, body)
		}
	}
	checkAs(t, a, "wrong", basicOf("alice", "wrong"))
	a.signIns.Flush(t.Context())
	var stored, streamed []uint64
	for r, err := range a.store.AuditLog(t.Context(), store.AuditQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		stored = append([]uint64{r.Seq}, stored...)
	}
	stop()
	lines := log.lines(t, "audit")
	for _, line := range lines {
		streamed = append(streamed, uint64(line["seq"].(float64)))
	}
	if len(stored) != 4 || !slices.Equal(streamed, stored) {
		t.Fatalf("stored %v, streamed %v", stored, streamed)
	}
	created := lines[1]
	actor, _ := created["actor"].(map[string]any)
	after, _ := created["after"].(map[string]any)
	if created["msg"] != "audit" || created["target"] != "user alice" || actor["username"] != "admin" || actor["method"] != "password" ||
		created["before"] != nil || after["password"] != "set" || created["at"] == "" {
		t.Errorf("%v", created)
	}
}
