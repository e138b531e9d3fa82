package httpcheck

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/envoy"
	"extauthz/internal/testbed"
)

// scene is a real proxy that asks a check which allows everything, in front of an upstream that writes down what it gets.
type scene struct {
	address string

	mu     sync.Mutex
	judged []authz.Request
	got    []arrived
}

// arrived is one request as MLflow would get it.
type arrived struct {
	*http.Request
	body []byte
}

func (s *scene) Authorize(_ context.Context, r authz.Request) authz.Decision {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judged = append(s.judged, r)
	op := authz.Operation{Workspace: "judged", Conceals: []string{"traceparent"}}
	return authz.Decision{Effect: authz.Allowed, Reason: authz.Granted, Principal: authz.Principal{UserID: 1}, Operation: op}
}

func (s *scene) Observe(context.Context, authz.Request, authz.Decision) {}

func newScene(t *testing.T, front func(testing.TB, testbed.Ingress) string) *scene {
	t.Helper()
	s := &scene{}
	check := httptest.NewServer(&Handler{Checker: &envoy.Checker{Authorizer: s, Observer: s}, Limit: 8 << 20})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got = append(s.got, arrived{r, body})
	}))
	t.Cleanup(check.Close)
	t.Cleanup(upstream.Close)
	at := upstream.Listener.Addr().String()
	s.address = strings.TrimPrefix(front(t, testbed.Ingress{MLflow: at, AuthAPI: at, Check: check.Listener.Addr().String()}), "http://")
	return s
}

// send writes the bytes and returns the status, 0 when there was no answer.
func (s *scene) send(t *testing.T, raw string) int {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.ReplaceAll(raw, "HOST", s.address)); err != nil {
		t.Fatal(err)
	}
	for answers := bufio.NewReader(conn); ; {
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			return 0
		}
		response.Body.Close()
		if response.StatusCode >= http.StatusOK { // not 100 Continue
			return response.StatusCode
		}
	}
}

// taken empties what was written down.
func (s *scene) taken() (judged []authz.Request, got []arrived) {
	s.mu.Lock()
	defer s.mu.Unlock()
	judged, got, s.judged, s.got = s.judged, s.got, nil, nil
	return judged, got
}

var fronts = []struct {
	name  string
	start func(testing.TB, testbed.Ingress) string
}{
	{"nginx auth_request", func(t testing.TB, to testbed.Ingress) string { return testbed.Nginx(t, "auth_request.conf", to) }},
	{"nginx lua", func(t testing.TB, to testbed.Ingress) string { return testbed.Nginx(t, "lua.conf", to) }},
	{"Envoy", testbed.EnvoyOverHTTP},
	{"Caddy", testbed.Caddy},
}

// TestWhatIsJudgedIsWhatMLflowGets sends what could be read in two ways through each proxy. Whatever arrives was judged, as it arrives.
func TestWhatIsJudgedIsWhatMLflowGets(t *testing.T) {
	for _, f := range fronts {
		t.Run(f.name, func(t *testing.T) {
			s := newScene(t, f.start)
			if status := s.send(t, get("/api/2.0/mlflow/runs/get?run_id=a%20b")); status != http.StatusOK {
				t.Fatalf("a plain request: %d", status)
			}
			s.compare(t, "a plain request")
			reached := 0
			for _, raw := range attacks() {
				status := s.send(t, raw)
				reached += s.compare(t, raw)
				t.Logf("%d %.60q", status, raw)
			}
			if reached < 5 {
				t.Errorf("only %d requests reached the upstream: nothing was compared", reached)
			}
		})
	}
}

// compare checks what arrived since the last time against what was judged, and says how much did.
func (s *scene) compare(t *testing.T, what string) int {
	t.Helper()
	judged, got := s.taken()
	for _, g := range got {
		i := slices.IndexFunc(judged, func(r authz.Request) bool { return r.Target == g.RequestURI && r.Method == g.Method })
		if i < 0 {
			t.Errorf("%.200q: MLflow gets %s %q, judged was %s", what, g.Method, g.RequestURI, targets(judged))
			continue
		}
		match(t, what, judged[i], g)
	}
	return len(got)
}

func targets(judged []authz.Request) string {
	var all []string
	for _, r := range judged {
		all = append(all, r.Method+" "+r.Target)
	}
	return strings.Join(all, ", ")
}

func match(t *testing.T, what string, r authz.Request, g arrived) {
	t.Helper()
	if r.Source != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("%.200q: it is said to come from %s", what, r.Source)
	}
	if !r.Proxy.WithholdsBody && !bytes.Equal(r.Body, g.body) {
		t.Errorf("%.200q: MLflow gets the body %q, judged was %q", what, g.body, r.Body)
	}
	_, announced := r.Headers.One("content-length")
	if len(r.Body) > 0 && announced && len(g.TransferEncoding) > 0 {
		t.Errorf("%.200q: MLflow gets chunks, which it reads as nothing", what)
	}
	for _, name := range []string{"Authorization", "X-Mlflow-Authorization", "X-Original-Uri", "X-Original-Method", "X-Original-Body", "X-Real-Ip", "Traceparent"} {
		if values := g.Header[name]; len(values) > 0 && name != "X-Real-Ip" {
			t.Errorf("%.200q: MLflow gets %s: %q", what, name, values)
		}
	}
	if values := g.Header["X-Mlflow-Workspace"]; len(values) > 1 || len(values) == 1 && values[0] != "judged" {
		t.Errorf("%.200q: MLflow looks in the workspace %q", what, values)
	}
	for name := range g.Header {
		if strings.Contains(name, "_") {
			t.Errorf("%.200q: MLflow gets %s", what, name)
		}
	}
}
