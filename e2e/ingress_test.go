package e2e

import (
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// ingress starts a stack whose service answers proxies over HTTP as well, and says where everything is.
func ingress(t *testing.T) (*testbed.Stack, testbed.Ingress) {
	t.Helper()
	check := "127.0.0.1:" + testbed.FreePorts(t, 1)[0]
	s := testbed.Start(t, testbed.Options{Env: []string{"EXTAUTHZ_HTTP_CHECK_LISTEN=" + check}})
	return s, testbed.Ingress{MLflow: s.MLflow, AuthAPI: s.AdminAPI, Check: check}
}

// TestIngress is MLflow's own client behind each real proxy that asks over HTTP. What a story needs that does not pass there is set up through
// Envoy with gRPC.
func TestIngress(t *testing.T) {
	s, to := ingress(t)
	tell(t, s, testbed.Newest, "users.py")
	for _, c := range []struct {
		name, bodies string
		start        func() string
	}{
		{"nginx auth_request", "withheld", func() string { return testbed.Nginx(t, "auth_request.conf", to) }},
		{"nginx lua", "sent", func() string { return testbed.Nginx(t, "lua.conf", to) }},
		{"Envoy", "sent", func() string { return testbed.EnvoyOverHTTP(t, to) }},
		{"Caddy", "withheld", func() string { return testbed.Caddy(t, to) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			tell(t, s, testbed.Newest, "ingress.py", "INGRESS="+c.start(), "BODIES="+c.bodies)
		})
	}
}

// TestNginxBeforeEnvoy is what to do with an ingress that one has: it takes TLS and names, and the Envoy beside MLflow does the asking.
func TestNginxBeforeEnvoy(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{})
	s.URL = testbed.Nginx(t, "envoy.conf", testbed.Ingress{MLflow: strings.TrimPrefix(s.URL, "http://")})
	for _, script := range []string{"users.py", "permissions.py"} {
		tell(t, s, testbed.Newest, script)
	}
}
