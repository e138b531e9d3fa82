package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"extauthz/authz"
)

const (
	getBob      = "/api/2.0/mlflow/users/get?username=bob"
	createUser  = "/api/2.0/mlflow/users/create"
	setAdmin    = "/api/2.0/mlflow/users/update-admin"
	setPassword = "/api/2.0/mlflow/users/update-password"
	deleteUser  = "/api/2.0/mlflow/users/delete"
	grantAPI    = "/api/3.0/mlflow/users/permissions/grant"
	revokeAPI   = "/api/3.0/mlflow/users/permissions/revoke"
	levelAPI    = "/api/3.0/mlflow/users/permissions/get"
	onExp       = "/api/2.0/mlflow/experiments/permissions/"
	onModel     = "/api/2.0/mlflow/registered-models/permissions/"
)

func TestUnauthenticated(t *testing.T) {
	f := newFixture(t)
	f.passwords["ghost"], f.passwords["wrong"] = "no-such-account", ""
	for _, target := range []string{getBob, "/api/2.0/mlflow/users/list", "/api/2.0/mlflow/no/such", "/"} {
		for _, username := range []string{"", "ghost"} {
			a := f.call(username, "GET", target, "")
			if a.status != 401 || a.header.Get("WWW-Authenticate") != `Basic realm="mlflow"` || !strings.HasPrefix(a.body, "You are not authenticated.") {
				t.Errorf("GET %s as %q = %d %v %q", target, username, a.status, a.header, a.body)
			}
		}
	}
	if a := f.call("bob", "GET", getBob, ""); a.status != 200 {
		t.Errorf("with the right credential: %d %s", a.status, a.body)
	}
}

func TestAnswerHeaders(t *testing.T) {
	f := newFixture(t)
	for _, a := range []reply{f.call("bob", "GET", getBob, ""), f.call("bob", "GET", "/nowhere", ""), f.call("", "GET", getBob, "")} {
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%d has headers %v", a.status, a.header)
		}
	}
	a := f.call("bob", "GET", getBob, "")
	want := `{"user":{"experiment_permissions":[],"id":3,"is_admin":false,"registered_model_permissions":[],"scorer_permissions":[],"username":"bob"}}` + "\n"
	if a.header.Get("Content-Type") != "application/json" || a.body != want {
		t.Errorf("%v %s", a.header, a.body)
	}
	if a := f.call("bob", "GET", "/api/2.0/mlflow/users/get?username=alice", ""); a.status != 403 || a.code() != "PERMISSION_DENIED" {
		t.Errorf("403 = %d %s", a.status, a.body)
	}
}

func TestPathsAndMethods(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.StaticPrefix = "/ml" })
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/api/2.0/mlflow/users/current", 200},
		{"GET", "/ajax-api/2.0/mlflow/users/current", 200},
		{"GET", "/ml/ajax-api/2.0/mlflow/users/current", 200},
		{"HEAD", "/api/2.0/mlflow/users/current", 405},
		{"OPTIONS", "/api/2.0/mlflow/users/current", 405},
		{"DELETE", "/api/2.0/mlflow/users/current", 405},
		{"GET", "/api/2.0/mlflow/users/current/", 404},
		{"GET", "//api/2.0/mlflow/users/current", 404},
		{"GET", "/api/2.0/mlflow/../mlflow/users/current", 404},
		{"GET", "/api/2.0/mlflow/%75sers/current", 404},
		{"GET", "/api/2.0/mlflow%2Fusers/current", 404},
		{"GET", "/api/2.0/mlflow/users/Current", 404},
		{"GET", "/ajax-api/2.0/mlflow/experiments/permissions/get?experiment_id=1&username=bob", 404},
		{"GET", "/other/api/2.0/mlflow/users/current", 404},
	} {
		a := f.call("bob", c.method, c.path, "")
		if a.status != c.status || c.status != 200 && !strings.HasPrefix(a.body, `{"error_code":`) {
			t.Errorf("%s %s = %d %s, want %d", c.method, c.path, a.status, a.body, c.status)
		}
	}
	if a := f.call("bob", "POST", "/api/2.0/mlflow/users/current", "{}"); a.header.Get("Allow") != "GET" {
		t.Errorf("405 says Allow: %q", a.header.Get("Allow"))
	}
}

// TestCrossSiteForm is CVE-2025-1473 and every later form of it: the victim is an admin whose browser remembers the password.
func TestCrossSiteForm(t *testing.T) {
	f := newFixture(t)
	body := `{"username":"mallory","password":"a-password-of-mallory"}`
	before := f.revision()
	for name, attack := range map[string]func(*http.Request){
		"fetch metadata": header("Sec-Fetch-Site", "cross-site"),
		"same site":      header("Sec-Fetch-Site", "same-site"),
		"origin":         header("Origin", "https://evil.example"),
		"null origin":    header("Origin", "null"),
		"text/plain":     header("Content-Type", "text/plain"),
		"form":           header("Content-Type", "application/x-www-form-urlencoded"),
	} {
		if a := f.call("admin", "POST", createUser, body, attack); a.status != 403 && a.status != 400 || f.revision() != before {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := f.call("admin", "POST", createUser, body, header("Sec-Fetch-Site", "same-origin")); a.status != 200 {
		t.Errorf("the page's own request: %d %s", a.status, a.body)
	}
}

// TestFailuresSayNothing: a broken part denies, and its error stays in the log.
func TestFailuresSayNothing(t *testing.T) {
	for name, c := range map[string]struct {
		authenticator authFunc
		status        int
	}{
		"panic":  {func(authz.Request) (authz.Principal, error) { panic("secret-canary") }, 500},
		"nobody": {func(authz.Request) (authz.Principal, error) { return authz.Principal{}, nil }, 500},
		"store": {func(authz.Request) (authz.Principal, error) {
			return authz.Principal{}, &authz.Refusal{Reason: authz.StoreFailed, Text: "Try again.", Cause: context.DeadlineExceeded}
		}, 503},
		"throttled": {func(authz.Request) (authz.Principal, error) {
			return authz.Principal{}, authz.Refuse(authz.Throttled, "Too many failed sign-ins.")
		}, 429},
		"a refusal that would allow": {func(authz.Request) (authz.Principal, error) {
			return authz.Principal{}, authz.Refuse(authz.IsAdmin, "secret-canary")
		}, 500},
	} {
		var broken bool
		f := newFixture(t, func(cfg *Config) {
			real := cfg.Authenticator
			cfg.Authenticator = authFunc(func(r authz.Request) (authz.Principal, error) {
				if broken {
					return c.authenticator(r)
				}
				return real.Authenticate(context.Background(), r)
			})
		})
		broken = true
		if a := f.call("bob", "GET", getBob, ""); a.status != c.status || strings.Contains(a.body, "canary") || a.code() == "" {
			t.Errorf("%s = %d %s, want %d", name, a.status, a.body, c.status)
		}
		broken = false
		if a := f.call("bob", "GET", getBob, ""); a.status != 200 {
			t.Errorf("after %s: %d %s", name, a.status, a.body)
		}
	}
}

type authFunc func(authz.Request) (authz.Principal, error)

func (a authFunc) Authenticate(_ context.Context, r authz.Request) (authz.Principal, error) {
	return a(r)
}

func TestNewRefusesHalfAConfig(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("New takes the zero Config")
	}
	f := newFixture(t)
	complete := Config{Store: f.store, Authenticator: authFunc(nil), Decider: &authz.Authorizer{}, Passwords: passwords{}}
	for _, prefix := range []string{"ml", "/ml/", "/", "/a//b", "/a/../b", "/{x}", "/a b"} {
		c := complete
		c.StaticPrefix = prefix
		if _, err := New(c); err == nil {
			t.Errorf("New takes the static prefix %q", prefix)
		}
	}
	if _, err := New(complete); err != nil {
		t.Error(err)
	}
}

func TestSource(t *testing.T) {
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		proxies   []netip.Prefix
		want      string
	}{
		{"127.0.0.1:1234", nil, loopback, "127.0.0.1"},
		{"127.0.0.1:1234", []string{"6.6.6.6, 10.1.2.3"}, loopback, "10.1.2.3"},
		{"127.0.0.1:1234", []string{"10.1.2.3", "10.9.9.9"}, loopback, "10.9.9.9"},
		{"[::ffff:127.0.0.1]:1234", []string{"10.1.2.3"}, loopback, "10.1.2.3"},
		{"[::1]:1234", []string{"2001:db8::1"}, loopback, "2001:db8::1"},
		{"127.0.0.1:1234", []string{"10.1.2.3, what"}, loopback, "invalid IP"},
		{"127.0.0.1:1234", []string{""}, loopback, "invalid IP"},
		{"127.0.0.1:1234", []string{"10.1.2.3"}, []netip.Prefix{}, "127.0.0.1"},
		{"10.7.7.7:1234", []string{"10.1.2.3"}, loopback, "10.7.7.7"},
		{"@", []string{"10.1.2.3"}, nil, "10.1.2.3"},
		{"@", nil, nil, "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{}}
		if c.forwarded != nil {
			r.Header["X-Forwarded-For"] = c.forwarded
		}
		if got := source(r, c.proxies).String(); got != c.want {
			t.Errorf("source of %s with %q = %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

// TestNoSecretIsLogged sends passwords wherever one could stand and looks for them in everything that comes out.
func TestNoSecretIsLogged(t *testing.T) {
	f := newFixture(t)
	const canary = "canary-password-0123"
	out := ""
	for _, body := range []string{
		`{"username":"dora","password":"` + canary + `"}`,
		`{"username":"dora","password":"` + canary + `"}`,
		`{"username":"dora","password":["` + canary + `"]}`,
		`{"username":"dora","password":"` + canary + `","password":"` + canary + `"}`,
		`{"username":"dora","password":"` + canary + `"`,
		`{"username":"dora","password":"` + canary + `","extra":"` + canary + `"}`,
		`{"username":"bob","password":"` + canary + `","current_password":"` + canary + `"}`,
	} {
		out += f.call("admin", "POST", createUser, body).body + f.call("bob", "PATCH", setPassword, body).body
	}
	out += f.log.String()
	for _, secret := range []string{canary, initialPassword, "argon2id", "Basic "} {
		if strings.Contains(out, secret) {
			t.Errorf("%q appears in an answer or the log", secret)
		}
	}
}
