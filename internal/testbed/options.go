package testbed

import (
	"strings"
	"testing"
)

// Options are what e2e/start.sh is told. The zero value is the newest MLflow with an admin and READ for everybody.
type Options struct {
	MLflow            Version // Newest by default
	MLflowArgs        string  // shell-quoted; one worker by default
	AdminUsername     string  // "admin" by default
	AdminPassword     string  // a long one by default
	AuthINI           string
	DefaultPermission string
	StaticPrefix      string
	SecretKey         string
	Workspaces        bool
	Jobs              bool // MLflow carries out jobs
	TLS               bool // https, certificates as credentials, mTLS between Envoy and the service; see Stack.Authority
	// DefaultWorkspaceAccess is MLflow's grant_default_workspace_access.
	DefaultWorkspaceAccess bool
	// DataDir keeps the state after the test; a directory that ends with the test by default.
	DataDir string
	// Env are further lines of the environment, for every part.
	Env []string
}

func (o Options) withDefaults() Options {
	defaults := []struct {
		field *string
		value string
	}{
		{(*string)(&o.MLflow), string(Newest)},
		{&o.MLflowArgs, "--workers 1"},
		{&o.AdminUsername, "admin"},
		{&o.AdminPassword, "admin password of the testbed"},
	}
	for _, d := range defaults {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return o
}

// environment is the whole environment of e2e/start.sh. Parts outside of it (ports, directories) stay the same when it is started again.
func (o Options) environment(t testing.TB, dataDir string, ports []string) []string {
	t.Helper()
	env := append(cleanEnvironment(),
		PythonPath(t, o.MLflow), "MLFLOW_PYTHON="+Python(t), "MLFLOW_ARGS="+o.MLflowArgs,
		"LISTEN_PORT="+ports[0], "FREE_PORTS="+strings.Join(ports[1:], " "), "DATA_DIR="+dataDir,
		"ADMIN_USERNAME="+o.AdminUsername, "ADMIN_PASSWORD="+o.AdminPassword, "AUTH_INI="+o.AuthINI,
		"DEFAULT_PERMISSION="+o.DefaultPermission, "STATIC_PREFIX="+o.StaticPrefix, "SECRET_KEY="+o.SecretKey,
		"WORKSPACES="+boolean(o.Workspaces), "GRANT_DEFAULT_WORKSPACE_ACCESS="+boolean(o.DefaultWorkspaceAccess),
		"EXTAUTHZ="+binary(t), "ENVOY="+Envoy(t), "START_SH_SUPERVISE=0", "TLS="+boolean(o.TLS),
		"MLFLOW_SERVER_ENABLE_JOB_EXECUTION="+boolean(o.Jobs), // MLflow's job runner is seven more Pythons
	)
	return append(env, o.Env...)
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
