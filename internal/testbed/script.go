package testbed

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// Python runs a script with the MLflow client of a version against the stack and returns what it prints. A script that fails fails the
// test. env are further lines of its environment, such as MLFLOW_TRACKING_USERNAME=alice; nothing of the caller's own gets in, and HOME
// is an empty directory, so that no ~/.mlflow/credentials does.
func (s *Stack) Python(t testing.TB, v Version, script string, env ...string) string {
	t.Helper()
	cmd := exec.Command(Python(t), "-W", "ignore", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = append(cleanEnvironment(), PythonPath(t, v), "HOME="+cmd.Dir, "MLFLOW_TRACKING_URI="+s.URL,
		"MLFLOW_DISABLE_TELEMETRY=true", "GIT_PYTHON_REFRESH=quiet", "MLFLOW_HTTP_REQUEST_MAX_RETRIES=2")
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the script failed: %v\n%s\n%s", err, stdout.String(), stderr.String())
	}
	return strings.TrimSpace(stdout.String())
}

// As is the environment of a client that logs in.
func As(username, password string) []string {
	return []string{"MLFLOW_TRACKING_USERNAME=" + username, "MLFLOW_TRACKING_PASSWORD=" + password}
}
