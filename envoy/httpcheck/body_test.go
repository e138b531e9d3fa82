package httpcheck

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"extauthz/authz"
)

// TestBodies is what each way of sending one, or of not sending it, comes to.
func TestBodies(t *testing.T) {
	nginx := func(method, how string) []string {
		return with(with(ofNginx, "X-Original-Method", method), "X-Original-Body", how)
	}
	envoy := func(how string) []string { return with(ofEnvoy, "X-Original-Body", how) }
	traefik := func(method string) []string { return with(ofTraefik, "X-Forwarded-Method", method) }
	long := strings.Repeat("x", limit+1)
	for _, c := range []struct {
		name, method, target, body string
		headers                    []string
		want                       authz.Reason // "" is asked
		withheld                   bool
	}{
		{"nginx sends it", "POST", "/auth", "{}", nginx("POST", "sent"), "", false},
		{"nginx sends an empty one", "POST", "/auth", "", nginx("POST", "sent"), "", false},
		{"nginx sends none", "GET", "/auth", "", nginx("POST", "withheld"), "", true},
		{"nginx takes it out of a GET", "GET", "/auth", "", nginx("GET", "none"), "", false},
		{"nginx takes it out of a HEAD", "GET", "/auth", "", nginx("HEAD", "none"), "", false},
		{"nginx claims that a POST has none", "GET", "/auth", "", nginx("POST", "none"), authz.ProxyHeaders, false},
		{"nginx claims to send none and does", "GET", "/auth", "{}", nginx("POST", "withheld"), authz.ProxyHeaders, true},
		{"nginx says something else", "GET", "/auth", "", nginx("GET", "Sent"), authz.ProxyHeaders, false},
		{"nginx says what Envoy says", "POST", "/auth", "{}", nginx("POST", "sent 2"), authz.ProxyHeaders, false},
		{"too long", "POST", "/auth", long, nginx("POST", "sent"), authz.BodyTooLarge, false},
		{"as long as may be", "POST", "/auth", long[1:], nginx("POST", "sent"), "", false},
		{"Traefik without forwardBody", "GET", "/forward-auth", "", traefik("POST"), "", true},
		{"Traefik with forwardBody, at the wrong path", "GET", "/forward-auth", "{}", traefik("POST"), authz.ProxyHeaders, true},
		{"Traefik with forwardBody", "GET", "/forward-auth/body", "{}", traefik("POST"), "", false},
		{"Envoy shows it", "POST", "/check/a", "{}", envoy("sent 2"), "", false},
		{"Envoy shows none of a GET", "GET", "/check/a", "", envoy("sent"), "", false},
		{"Envoy shows an empty one", "POST", "/check/a", "", envoy("sent 0"), "", false},
		{"a route of Envoy's that shows none", "PUT", "/check/a", "", envoy("sent 5"), "", true},
		{"a route of Envoy's that shows no chunks", "PUT", "/check/a", "", envoy("sent"), "", true},
		{"Envoy shows less than there is", "POST", "/check/a", "{}", envoy("sent 20"), authz.AmbiguousBody, false},
		{"Envoy shows more", "POST", "/check/a", "{}", envoy("sent 1"), authz.AmbiguousBody, false},
		{"Envoy says that it is partial", "POST", "/check/a", "{}", with(envoy("sent"), "X-Envoy-Auth-Partial-Body", "true"), authz.Internal, false},
		{"Envoy says that it is whole", "POST", "/check/a", "{}", with(envoy("sent 2"), "X-Envoy-Auth-Partial-Body", "false"), "", false},
		{"Envoy withholds", "PUT", "/check/a", "", envoy("withheld"), "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := thatAllows(authz.Operation{})
			got := j.ask(c.method, c.target, c.body, c.headers...)
			if c.want != "" {
				if got.Code == http.StatusOK || len(j.asked) > 0 || j.observed[0].Reason != c.want {
					t.Errorf("%d %s", got.Code, j.observed[0].Reason)
				}
				return
			}
			if got.Code != http.StatusOK || string(j.asked[0].Body) != c.body || j.asked[0].Proxy.WithholdsBody != c.withheld {
				t.Errorf("%d %+v", got.Code, j.asked)
			}
		})
	}
}

// TestBodyInChunks: MLflow gets chunks, too, and reads nothing. Envoy's copy has a length where the request had none, and so no length here.
func TestBodyInChunks(t *testing.T) {
	for _, w := range ways[:2] {
		j := thatAllows(authz.Operation{})
		r := httptest.NewRequest(w.method, w.target, struct{ *bytes.Reader }{bytes.NewReader([]byte("{}"))})
		for i := 0; i < len(w.headers); i += 2 {
			r.Header.Add(w.headers[i], w.headers[i+1])
		}
		got := httptest.NewRecorder()
		j.handler().ServeHTTP(got, r)
		if got.Code == http.StatusOK || len(j.asked) > 0 || j.observed[0].Reason != authz.LengthRequired {
			t.Errorf("%s: %d", w.name, got.Code)
		}
	}
	j := thatAllows(authz.Operation{})
	if j.ask("POST", "/check/a", "{}", with(ofEnvoy, "X-Original-Body", "sent")...); j.asked[0].Headers.Has("content-length") {
		t.Error("Envoy's own Content-Length passes for the request's")
	}
}

// TestBodyThatEndsEarly: a proxy that is cut off shows the beginning.
func TestBodyThatEndsEarly(t *testing.T) {
	j := thatAllows(authz.Operation{})
	r := httptest.NewRequest("POST", "/auth", strings.NewReader("{}"))
	r.ContentLength = 3
	for i := 0; i < len(ofNginx); i += 2 {
		r.Header.Add(ofNginx[i], ofNginx[i+1])
	}
	got := httptest.NewRecorder()
	j.handler().ServeHTTP(got, r)
	if got.Code == http.StatusOK || len(j.asked) > 0 || j.observed[0].Reason != authz.AmbiguousBody {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}
