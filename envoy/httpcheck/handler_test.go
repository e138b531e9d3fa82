package httpcheck

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"extauthz/authz"
	"extauthz/envoy"
)

// judge decides in a fixed way and remembers what it was told.
type judge struct {
	decision authz.Decision
	asked    []authz.Request
	observed []authz.Decision
}

func (j *judge) Authorize(_ context.Context, r authz.Request) authz.Decision {
	j.asked = append(j.asked, r)
	return j.decision
}

func (j *judge) Observe(_ context.Context, _ authz.Request, d authz.Decision) {
	j.observed = append(j.observed, d)
}

const limit = 1000

func (j *judge) handler() *Handler {
	return &Handler{Checker: &envoy.Checker{Authorizer: j, Observer: j, Conceal: []string{"x-api-key"}}, Limit: limit}
}

// ask sends one question; headers are pairs of name and value.
func (j *judge) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	j.handler().ServeHTTP(w, r)
	return w
}

func thatAllows(op authz.Operation) *judge {
	return &judge{decision: authz.Decision{Effect: authz.Allowed, Reason: authz.Granted, Operation: op}}
}

var (
	ofNginx   = []string{"Host", "mlflow.example:8443", "X-Original-URI", "/a//b?c=%2f", "X-Original-Method", "POST", "X-Original-Body", "sent", "X-Real-IP", "10.1.2.3"}
	ofTraefik = []string{"X-Forwarded-Uri", "/a//b?c=%2f", "X-Forwarded-Method", "POST", "X-Forwarded-Host", "mlflow.example:8443", "X-Forwarded-For", "10.1.2.3"}
	ofEnvoy   = []string{"Host", "mlflow.example:8443", "X-Original-Body", "sent 2", "X-Real-IP", "10.1.2.3"}
)

// ways are the same request as each proxy tells of it.
var ways = []struct {
	name, method, target string
	headers              []string
}{
	{"nginx", "POST", "/auth", ofNginx},
	{"Traefik", "GET", "/forward-auth/body", ofTraefik},
	{"Envoy", "POST", "/check/a//b?c=%2f", ofEnvoy},
}

func TestEachProxyTellsTheSameRequest(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			j := thatAllows(authz.Operation{})
			headers := append([]string{"X-Request-ID", "r-1", "Authorization", "Basic x", "Dup", "1", "Dup", "2", "Content-Type", "application/json", "Connection", "close"}, w.headers...)
			if got := j.ask(w.method, w.target, "{}", headers...); got.Code != http.StatusOK || len(j.asked) != 1 || len(j.observed) != 1 {
				t.Fatalf("%d %s, asked %d times", got.Code, got.Body, len(j.asked))
			}
			r := j.asked[0]
			want := authz.Headers{
				"x-request-id": {"r-1"}, "authorization": {"Basic x"}, "dup": {"1", "2"}, "content-type": {"application/json"}, "content-length": {"2"},
			}
			if diff := cmp.Diff(want, r.Headers); diff != "" {
				t.Error(diff)
			}
			if r.ID != "r-1" || r.Method != "POST" || r.Target != "/a//b?c=%2f" || r.Host != "mlflow.example:8443" || string(r.Body) != "{}" ||
				r.Source.String() != "10.1.2.3" || r.Proxy != (authz.Proxy{}) || r.Certificate != "" {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestMissingOrRepeatedHeaders: whatever a proxy must say, it says once. Nobody is asked otherwise.
func TestMissingOrRepeatedHeaders(t *testing.T) {
	for _, w := range ways {
		for i := 0; i < len(w.headers); i += 2 {
			name, value := w.headers[i], w.headers[i+1]
			if name == "Host" {
				continue
			}
			without := append(append([]string(nil), w.headers[:i]...), w.headers[i+2:]...)
			for what, headers := range map[string][]string{
				"missing": without, "empty": append([]string{name, ""}, without...), "twice": append([]string{name, value}, w.headers...),
				"twice, in another way": append([]string{strings.ToLower(name), "/health"}, w.headers...), "two in one": append([]string{name, value + ", " + value}, without...),
				"by another name": append([]string{strings.ReplaceAll(name, "-", "_"), value}, without...),
			} {
				if name == "X-Forwarded-Host" && (what == "empty" || what == "two in one") || name == "X-Original-URI" && what == "two in one" {
					continue // a host is compared with nothing; a target with a space is another test's
				}
				j := thatAllows(authz.Operation{})
				got := j.ask(w.method, w.target, "{}", headers...)
				if got.Code < 400 || len(j.asked) > 0 || len(j.observed) != 1 || j.observed[0].Effect == authz.Allowed {
					t.Errorf("%s, %s is %s: %d %s", w.name, name, what, got.Code, got.Body)
				}
			}
		}
	}
}

// TestEachPathReadsItsOwnHeaders: what one proxy overwrites, another passes on as its client sent it.
func TestEachPathReadsItsOwnHeaders(t *testing.T) {
	for _, w := range ways {
		for _, other := range ways {
			if w.name == other.name || w.name == "Envoy" && other.name == "nginx" {
				continue // Envoy's two are among nginx's; its target and method come from the request line
			}
			j := thatAllows(authz.Operation{})
			if got := j.ask(w.method, w.target, "{}", other.headers...); got.Code < 400 || len(j.asked) > 0 {
				t.Errorf("%s's path believes %s's headers: %d", w.name, other.name, got.Code)
			}
		}
	}
}

func TestNoOtherPath(t *testing.T) {
	for _, target := range []string{"/", "/auth/", "/authx", "/check", "/check?x", "/checks", "/forward-auth/", "/forward-auth/bodies", "//auth", "/./auth", "/AUTH"} {
		j := thatAllows(authz.Operation{})
		headers := append(append(append([]string(nil), ofNginx...), ofTraefik...), "Accept", "*/*")
		if got := j.ask("GET", target, "", headers...); got.Code != http.StatusNotFound || len(j.asked) > 0 {
			t.Errorf("%s: %d", target, got.Code)
		}
	}
}
