package docs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"extauthz/internal/testbed"
)

// loadPython starts what python talks to, and does not wait for it. It ends with the test.
func loadPython(t *testing.T, socket string) {
	t.Helper()
	cmd := exec.Command(testbed.Python(t), filepath.Join("testdata", "python.py"), socket)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), testbed.SignerPath(t), "PYTHONWARNINGS=ignore", "LANG=C.UTF-8", "MLFLOW_DISABLE_TELEMETRY=true", "GIT_PYTHON_REFRESH=quiet"}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// python has a script run by a Python that has loaded MLflow, with this process's directory, environment and files.
func python(args []string) error {
	connection, err := dialPython(os.Getenv("DOCS_PYTHON_SOCKET"))
	if err != nil {
		return err
	}
	defer connection.Close()
	directory, err := os.Getwd()
	if err != nil {
		return err
	}
	request, err := json.Marshal(map[string]any{"argv": args, "cwd": directory, "env": environ()})
	if err != nil {
		return err
	}
	if _, _, err := connection.WriteMsgUnix(request, syscall.UnixRights(0, 1, 2), nil); err != nil {
		return err
	}
	var code [1]byte
	if _, err := connection.Read(code[:]); err != nil {
		return fmt.Errorf("the script has died: %w", err)
	}
	if code[0] != 0 {
		return errors.New("the script failed")
	}
	return nil
}

func dialPython(socket string) (connection *net.UnixConn, err error) {
	waited := wait("Python to load MLflow", func() bool {
		connection, err = net.DialUnix("unix", nil, &net.UnixAddr{Name: socket})
		return err == nil
	})
	return connection, errors.Join(waited, err)
}

func environ() map[string]string {
	all := map[string]string{}
	for _, line := range os.Environ() {
		name, value, _ := strings.Cut(line, "=")
		all[name] = value
	}
	return all
}
