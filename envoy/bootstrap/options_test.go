package bootstrap

import (
	"strings"
	"testing"
)

func TestBadOptionsNameTheFlag(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"no listener", func(o *Options) { o.Listen = "" }, "listen:"},
		{"no port", func(o *Options) { o.MLflow = "127.0.0.1" }, "mlflow:"},
		{"a URL", func(o *Options) { o.MLflow = "http://127.0.0.1:5000" }, "mlflow:"},
		{"port 0", func(o *Options) { o.AuthAPI = "127.0.0.1:0" }, "auth-api:"},
		{"a relative socket", func(o *Options) { o.Check = "unix://check.sock" }, "check:"},
		{"a wildcard domain", func(o *Options) { o.Domains = []string{"*.example.com"} }, "domain:"},
		{"a prefix with a trailing slash", func(o *Options) { o.StaticPrefix = "/p/" }, "static-prefix:"},
		{"a relative prefix", func(o *Options) { o.StaticPrefix = "p" }, "static-prefix:"},
		{"a broken admin address", func(o *Options) { o.AdminListen = ":9901x" }, "admin-listen:"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := fixture
			tc.change(&o)
			if _, err := Render(o); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error that names %q", err, tc.want)
			}
		})
	}
}

func TestNoEnvoyAdminUnlessAskedFor(t *testing.T) {
	if strings.Contains(string(render(t, fixture)), `"admin"`) {
		t.Error("Envoy's admin endpoint can stop Envoy; it is there although nobody asked")
	}
	o := fixture
	o.AdminListen = "127.0.0.1:9901"
	if !strings.Contains(string(render(t, o)), `"admin"`) {
		t.Error("admin-listen is ignored")
	}
}

func TestNamesAreResolvedAddressesAreNot(t *testing.T) {
	o := fixture
	o.MLflow, o.Check = "mlflow.internal:5000", "[::1]:9191"
	got := string(render(t, o))
	if strings.Count(got, "STRICT_DNS") != 1 {
		t.Errorf("want DNS for mlflow.internal only:\n%s", got)
	}
}
