package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// home is a person's, with the command line.
type home struct {
	*testing.T
	dir, server string
}

// extauthz runs the command as its user would, with no more than HOME and MLFLOW_TRACKING_URI.
func (h home) extauthz(stdin string, args ...string) string {
	h.Helper()
	cmd := exec.Command(filepath.Join(testbed.Root(h.T), "bin", "extauthz"), args...)
	cmd.Env = []string{"HOME=" + h.dir, "MLFLOW_TRACKING_URI=" + h.server, "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.Fatalf("extauthz %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// mlflowAs is MLflow's client with what the command has saved.
const mlflowAs = `
import os, mlflow
from mlflow.exceptions import MlflowException
assert not [name for name in os.environ if name.startswith("MLFLOW_TRACKING_") and name != "MLFLOW_TRACKING_URI"]
try:
    mlflow.MlflowClient().get_experiment_by_name("nothing of that name")
    mlflow.set_experiment(os.environ["NEW"])
    with mlflow.start_run():
        mlflow.log_metric("accuracy", 0.9)
    print("in")
except MlflowException as e:
    print("out" if "401" in str(e) else e)
`

// TestLoginServesMLflowsClient: after `extauthz login` the Python client works with HOME and MLFLOW_TRACKING_URI alone, through Envoy, with the
// password and with a token. After `extauthz logout` it does not, and neither does a copy of the file with the token.
func TestLoginServesMLflowsClient(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{})
	addUser(t, s, "alice")
	h := home{t, t.TempDir(), s.URL}
	saved := filepath.Join(h.dir, ".mlflow", "credentials")
	const others = "[elsewhere]\nkey = kept\n"
	testbed.Write(t, saved, others)
	mlflow := func(v testbed.Version, name, want string) {
		t.Helper()
		said := strings.Fields(s.Python(t, v, mlflowAs, "HOME="+h.dir, "NEW="+name)) // MLflow says more
		if said[len(said)-1] != want {
			t.Errorf("%s with MLflow %s: %s", name, v, said)
		}
	}
	mlflow(testbed.Newest, "before", "out")
	h.extauthz(passwordOf("alice"), "login", "--username", "alice", "--password-stdin", "--password")
	mlflow(testbed.Newest, "by password", "in")
	h.extauthz("", "logout")
	mlflow(testbed.Newest, "signed out", "out")

	h.extauthz(passwordOf("alice"), "login", "--username", "alice", "--password-stdin", "--token")
	copied := read(t, saved)
	if strings.Contains(copied, passwordOf("alice")) || !strings.Contains(copied, "mlfp_") {
		t.Error("what is saved is not the token")
	}
	mlflow(testbed.Newest, "by token", "in")
	mlflow(testbed.Oldest, "by token, older", "in")
	if who := h.extauthz("", "whoami"); !strings.Contains(who, "alice") || !strings.Contains(who, "login on ") {
		t.Errorf("whoami: %s", who)
	}
	h.extauthz("", "logout")
	if left := read(t, saved); strings.Contains(left, "mlflow_tracking") || !strings.Contains(left, others) {
		t.Errorf("what is left of the file: %s", left)
	}
	testbed.Write(t, saved, copied)
	mlflow(testbed.Newest, "by the revoked token", "out")
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
