package app

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"golang.org/x/sync/errgroup"

	"extauthz/authz"
	"extauthz/authz/credential"
	"extauthz/authz/credential/certificate"
	"extauthz/authz/credential/identity"
	"extauthz/internal/pki"
)

// reading is alice's request for an experiment that nothing is granted on.
func reading(header, value string) *auth.CheckRequest {
	h := &core.HeaderMap{}
	for _, line := range [][2]string{{":authority", "localhost"}, {":path", experimentPath}, {":method", "GET"}, {header, value}} {
		h.Headers = append(h.Headers, &core.HeaderValue{Key: line[0], RawValue: []byte(line[1])})
	}
	return &auth.CheckRequest{Attributes: &auth.AttributeContext{
		Source: peer("127.0.0.1", 40000), Destination: peer("127.0.0.1", 5050),
		Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
			Id: "1", Method: "GET", HeaderMap: h, Path: experimentPath, Host: "localhost", Scheme: "http", Protocol: "HTTP/1.1",
		}},
	}}
}

const experimentPath = "/api/2.0/mlflow/experiments/get?experiment_id=1"

// status of the answer, 200 when it is allowed.
func (a *App) status(t *testing.T, r *auth.CheckRequest) int {
	t.Helper()
	answer, err := a.current.Check(t.Context(), r)
	if err != nil {
		t.Error(err)
	}
	if answer.GetStatus().GetCode() == 0 {
		return http.StatusOK
	}
	return int(answer.GetDeniedResponse().GetStatus().GetCode())
}

// alice makes her account and a token.
func alice(t *testing.T, a *App) (token string) {
	t.Helper()
	if status, body := ask(t, a, "POST", "/api/2.0/mlflow/users/create", longPassword, map[string]any{"username": "alice", "password": longPassword}); status != http.StatusOK {
		t.Fatal(status, body)
	}
	status, body := ask(t, a, "POST", "/api/1.0/extauthz/tokens/create", longPassword, map[string]any{"username": "alice", "name": "laptop"})
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(body), &made); status != http.StatusOK || err != nil || made.Token == "" {
		t.Fatal(status, body, err)
	}
	return made.Token
}

func (a *App) reloaded(t *testing.T, live Live) {
	t.Helper()
	c := a.config
	c.Live = live
	if err := a.Reload(func() (Config, error) { return c, nil }); err != nil {
		t.Error(err)
	}
}

func TestReload(t *testing.T) {
	a := start(t, nil)
	token := alice(t, a)
	basic := reading("authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("alice:"+longPassword)))
	carried := reading("x-api-key", token)
	if s, c := a.status(t, basic), a.status(t, carried); s != http.StatusOK || c != http.StatusUnauthorized {
		t.Fatalf("before: %d, %d", s, c)
	}
	a.reloaded(t, Live{DefaultPermission: authz.NoPermissions, Carriers: []credential.Carrier{{Header: "X-Api-Key"}}})
	if s, c := a.status(t, basic), a.status(t, carried); s != http.StatusForbidden || c != http.StatusForbidden {
		t.Errorf("denied by default: %d, %d, want 403 twice", s, c)
	}
	a.reloaded(t, Live{DefaultPermission: authz.Read})
	if s, c := a.status(t, basic), a.status(t, carried); s != http.StatusOK || c != http.StatusUnauthorized {
		t.Errorf("and back: %d, %d, want 200 and 401", s, c)
	}
}

// TestReloadThatFailsChangesNothing: what is wrong with a configuration must never be less than what was right before it.
func TestReloadThatFailsChangesNothing(t *testing.T) {
	a := start(t, func(c *Config) { c.DefaultPermission = authz.NoPermissions })
	alice(t, a)
	basic := reading("authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("alice:"+longPassword)))
	good := a.config
	good.DefaultPermission = authz.Read
	wrong := good
	wrong.Carriers = []credential.Carrier{{Header: "Cookie"}}
	for want, load := range map[string]func() (Config, error){
		"unreadable":   func() (Config, error) { return good, errors.New("unreadable") },
		"token-header": func() (Config, error) { return wrong, nil },
	} {
		if err := a.Reload(load); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "the one before holds") {
			t.Errorf("%v, want %s", err, want)
		}
		if s := a.status(t, basic); s != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", want, s)
		}
	}
	a.reloaded(t, good.Live)
	if s := a.status(t, basic); s != http.StatusOK {
		t.Errorf("the right one: %d, want 200", s)
	}
}

// TestNoCheckMixesConfigurations: one accepts the token and permits nothing, the other permits reading and knows no such token. Only a mixture
// allows.
func TestNoCheckMixesConfigurations(t *testing.T) {
	a := start(t, nil)
	carried := reading("x-api-key", alice(t, a))
	strict := Live{DefaultPermission: authz.NoPermissions, Carriers: []credential.Carrier{{Header: "X-Api-Key"}}}
	seen := make([]map[int]int, 2)
	var group errgroup.Group
	stop := make(chan struct{})
	for i := range seen {
		seen[i] = map[int]int{}
		group.Go(func() error {
			for {
				select {
				case <-stop:
					return nil
				default:
					seen[i][a.status(t, carried)]++
				}
			}
		})
	}
	for range 50 {
		a.reloaded(t, strict)
		a.reloaded(t, Live{DefaultPermission: authz.Read})
	}
	close(stop)
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	all := map[int]int{}
	for _, s := range seen {
		for status, n := range s {
			all[status] += n
		}
	}
	if all[http.StatusUnauthorized] == 0 || all[http.StatusForbidden] == 0 || len(all) != 2 {
		t.Errorf("answers %v, want 401 and 403 and nothing else", all)
	}
}

// TestCertificatesAndIdentityHeadersReload: on, changed and off again, from the next check on. Whose they are is asked of the connection.
func TestCertificatesAndIdentityHeadersReload(t *testing.T) {
	a := start(t, nil)
	alice(t, a)
	certified, headed := reading("accept", "*/*"), reading("x-user", "alice")
	certified.Attributes.Source.Certificate = shown(t, "spiffe://example.com/user/alice")
	want := func(when string, byCertificate, byHeader int) {
		t.Helper()
		if c, h := a.status(t, certified), a.status(t, headed); c != byCertificate || h != byHeader {
			t.Errorf("%s: %d and %d, want %d and %d", when, c, h, byCertificate, byHeader)
		}
	}
	const ok, nobody = http.StatusOK, http.StatusUnauthorized
	rules := []certificate.Rule{{From: certificate.URI, Pattern: `spiffe://example\.com/user/(.+)`}}
	header := func(network string) []identity.Header {
		return []identity.Header{{Name: "X-User", From: []identity.Peer{{Network: network}}}}
	}
	want("none", nobody, nobody)
	a.reloaded(t, Live{DefaultPermission: authz.Read, Certificates: rules, IdentityHeaders: header("127.0.0.0/8")})
	want("on", ok, ok)
	if answer, err := a.current.Check(t.Context(), certified); err != nil || !slices.Contains(answer.GetOkResponse().GetHeadersToRemove(), "x-user") {
		t.Errorf("MLflow sees identity headers: %v %v", answer, err)
	}
	a.reloaded(t, Live{DefaultPermission: authz.Read, Certificates: []certificate.Rule{{From: certificate.CommonName, Pattern: "(.+)"}}, IdentityHeaders: header("10.0.0.0/8")})
	want("of others", nobody, nobody)
	a.reloaded(t, Live{DefaultPermission: authz.Read, Certificates: rules})
	want("certificates alone", ok, nobody)
	a.reloaded(t, Live{DefaultPermission: authz.Read})
	want("off", nobody, nobody)
}

// shown is a certificate with that URI, as Envoy shows it.
func shown(t testing.TB, uri string) string {
	t.Helper()
	authority, err := pki.NewAuthority("test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config := as(t, authority, uri)
	return certificate.Encode(config.Certificates[0].Leaf)
}
