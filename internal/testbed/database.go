package testbed

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// seedDatabase gives a new stack the tables of an empty MLflow, which MLflow has made once: it takes seconds of every test to
// make them. Older releases make tables in a server only.
func seedDatabase(t testing.TB, dataDir string) {
	t.Helper()
	path := filepath.Join(dataDir, "mlflow", "mlflow.db") // where e2e/start.sh has MLflow look
	if _, err := os.Stat(path); err == nil {
		return
	}
	text, err := os.ReadFile(emptyDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	Write(t, path, string(text))
}

func emptyDatabase(t testing.TB) string {
	t.Helper()
	path := filepath.Join(Root(t), "var", "empty-"+string(Newest)+".db")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), "empty-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	made := filepath.Join(dir, "mlflow.db")
	cmd := exec.Command(Python(t), "-m", "mlflow", "db", "upgrade", "sqlite:///"+made)
	cmd.Env = append(cleanEnvironment(), PythonPath(t, Newest), "MLFLOW_DISABLE_TELEMETRY=true", "DO_NOT_TRACK=true")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mlflow db upgrade: %v\n%s", err, out)
	}
	if err := os.Rename(made, path); err != nil { // whole, whoever else makes one at the same time
		t.Fatal(err)
	}
	return path
}

// ownStores says whether MLflow is told where its database is.
func (o Options) ownStores() bool { return strings.Contains(o.MLflowArgs, "--backend-store-uri") }
