package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"extauthz/authz"
	"extauthz/authz/credential"
)

// dir writes files into a directory of their own.
func dir(t *testing.T, files map[string]string) string {
	t.Helper()
	d := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(d, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func sources(t *testing.T, args, environ []string) Sources {
	t.Helper()
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	flags := AddFlags(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Sources{Flags: flags, Environ: environ}
}

func load(t *testing.T, args, environ []string) Loaded {
	t.Helper()
	l, err := sources(t, args, environ).Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestPrecedence takes one source after the other away, the one that counts most first.
func TestPrecedence(t *testing.T) {
	d := dir(t, map[string]string{"a.ini": "[mlflow]\ndefault_permission = NO_PERMISSIONS\n"})
	text := "default_permission: EDIT\nauth_config: " + filepath.Join(d, "a.ini") + "\n"
	if err := os.WriteFile(filepath.Join(d, "c.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	yaml, ini := filepath.Join(d, "c.yaml"), filepath.Join(d, "a.ini")
	variable, flag := "EXTAUTHZ_DEFAULT_PERMISSION=MANAGE", []string{"--default-permission", "USE"}
	for _, c := range []struct {
		args, environ []string
		want          authz.Permission
		from          string
	}{
		{append(flag, "--config", yaml), []string{variable}, authz.Use, "flag --default-permission"},
		{[]string{"--config", yaml}, []string{variable}, authz.Manage, "environment EXTAUTHZ_DEFAULT_PERMISSION"},
		{nil, []string{"EXTAUTHZ_CONFIG=" + yaml}, authz.Edit, yaml + ":1"},
		{nil, []string{"MLFLOW_AUTH_CONFIG_PATH=" + ini}, authz.NoPermissions, ini + ", line 2"},
		{nil, nil, authz.Read, "default"},
	} {
		l := load(t, c.args, c.environ)
		if got := l.Config.DefaultPermission; got != c.want || l.origins["default-permission"].from != c.from {
			t.Errorf("%v %v: %v from %q, want %v from %q", c.args, c.environ, got, l.origins["default-permission"].from, c.want, c.from)
		}
	}
}

func TestEveryKindOfValueFromYAML(t *testing.T) {
	d := dir(t, map[string]string{"c.yaml": `
store: "5"
init: true
cache_entries: 7
seed_default_roles: false
trusted_proxies: &mine [10.0.0.0/8, "fd00::/8"]
creators: {experiment: "roles:leads,team a", prompt: admins}
token_header:
  - {header: X-Api-Key}
  - {header: Authorization, scheme: Token}
`})
	c := load(t, []string{"--config", filepath.Join(d, "c.yaml")}, nil).Config
	if c.StorePath != "5" || !c.Init || c.CacheEntries != 7 || !c.BareWorkspaces || len(c.TrustedProxies) != 2 {
		t.Errorf("%+v", c)
	}
	if got := c.Creators[authz.Experiment].Roles; !reflect.DeepEqual(got, []string{"leads", "team a"}) || c.Creators[authz.Prompt].Everybody {
		t.Errorf("creators: %v", c.Creators)
	}
	if want := []credential.Carrier{{Header: "X-Api-Key"}, {Header: "Authorization", Scheme: "Token"}}; !reflect.DeepEqual(c.Carriers, want) {
		t.Errorf("token_header: %v, want %v", c.Carriers, want)
	}
}

// TestFlagsOfManyValues: of most flags the last one counts, lists add up.
func TestFlagsOfManyValues(t *testing.T) {
	c := load(t, []string{
		"--store", "a", "--store", "b", "--init", "--log-allowed=false", "--trusted-proxies", "10.0.0.0/8,", "--trusted-proxies", "192.0.2.0/24",
		"--creators", "experiment=admins", "--creators", "prompt=roles:a,b",
	}, nil).Config
	if c.StorePath != "b" || !c.Init || c.LogAllowed || len(c.TrustedProxies) != 2 || len(c.Creators) != 2 {
		t.Errorf("%+v", c)
	}
}

// TestTheCollectorMayComeFromTheStandard: what every program has for it holds, unless we are told ourselves.
func TestTheCollectorMayComeFromTheStandard(t *testing.T) {
	const standard = "OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317"
	for want, c := range map[string]struct{ args, environ []string }{
		"":                      {},
		"http://collector:4317": {environ: []string{standard}},
		"http://ours:4317":      {environ: []string{standard, "EXTAUTHZ_OTLP_ENDPOINT=http://ours:4317"}},
		"http://flag:4317":      {args: []string{"--otlp-endpoint=http://flag:4317"}, environ: []string{standard}},
	} {
		if got := load(t, c.args, c.environ).Config.OTLPEndpoint; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNoTrustedProxiesIsNobody tells an empty list from none, which is loopback.
func TestNoTrustedProxiesIsNobody(t *testing.T) {
	if got := load(t, nil, []string{"EXTAUTHZ_TRUSTED_PROXIES="}).Config.TrustedProxies; got == nil || len(got) != 0 {
		t.Errorf("empty: %v", got)
	}
	if got := load(t, nil, nil).Config.TrustedProxies; len(got) != 2 {
		t.Errorf("not set: %v", got)
	}
}

func TestSecrets(t *testing.T) {
	d := dir(t, map[string]string{"password": "from a file\n", "a.ini": "[mlflow]\nadmin_password = from the ini\n", "c.yaml": "admin_password_file: nowhere\n"})
	file, ini, yaml := filepath.Join(d, "password"), "--auth-config="+filepath.Join(d, "a.ini"), "--config="+filepath.Join(d, "c.yaml")
	for _, c := range []struct {
		args, environ []string
		want          string
	}{
		{[]string{"--admin-password-file", file, ini, yaml}, []string{"MLFLOW_AUTH_ADMIN_PASSWORD=variable"}, "from a file"},
		{[]string{ini, yaml}, []string{"MLFLOW_AUTH_ADMIN_PASSWORD=variable"}, "variable"},
		{[]string{ini, yaml}, []string{"EXTAUTHZ_ADMIN_PASSWORD="}, ""},
		{[]string{ini}, []string{"MLFLOW_AUTH_ADMIN_PASSWORD_FILE=" + file}, "from a file"},
		{[]string{ini}, []string{"EXTAUTHZ_ADMIN_PASSWORD_FILE=" + file}, "from a file"},
		{[]string{ini}, nil, "from the ini"},
		{nil, nil, ""},
	} {
		if got := load(t, c.args, c.environ).Config.AdminPassword; got != c.want {
			t.Errorf("%v %v: %q, want %q", c.args, c.environ, got, c.want)
		}
	}
	for want, environ := range map[string][]string{
		"both set":  {"MLFLOW_AUTH_ADMIN_PASSWORD=x", "MLFLOW_AUTH_ADMIN_PASSWORD_FILE=" + file},
		"no such":   {"EXTAUTHZ_SECRET_KEY_FILE=" + file + "none"},
		"32 bytes":  {"EXTAUTHZ_ACCESS_KEY_SECRET=short"},
		"EXTAUTHZ_": {"EXTAUTHZ_ACCESS_KEY_SECRET=short"},
	} {
		if _, err := sources(t, nil, environ).Load(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", environ, err, want)
		}
	}
}

// TestSecretsAreNoFlags: a command line is read by everybody on the machine.
func TestSecretsAreNoFlags(t *testing.T) {
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	AddFlags(set)
	for _, name := range []string{"admin-password", "secret-key", "access-key-secret"} {
		if set.Lookup(name) != nil {
			t.Errorf("--%s is a flag", name)
		}
	}
}

func TestWarnings(t *testing.T) {
	d := dir(t, map[string]string{"password": "long enough\n"})
	if err := os.Chmod(filepath.Join(d, "password"), 0o644); err != nil {
		t.Fatal(err)
	}
	l := load(t, []string{"--admin-password-file", filepath.Join(d, "password")}, []string{
		"EXTAUTHZ_DEFAULT_PERMISION=NO_PERMISSIONS", "EXTAUTHZ_PORT=tcp://10.0.0.1:9191", "EXTAUTHZ_SERVICE_HOST=10.0.0.1",
	})
	if len(l.Warnings) != 2 || !strings.Contains(l.Warnings[0], "did you mean EXTAUTHZ_DEFAULT_PERMISSION?") || !strings.Contains(l.Warnings[1], "0644") {
		t.Errorf("%q", l.Warnings)
	}
}
