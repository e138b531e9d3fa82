package testbed

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Proxy runs the pinned Envoy with a configuration alone, and waits until it listens at that address. It ends with the test.
func Proxy(t testing.TB, config []byte, listen string) (pid int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "envoy.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(Envoy(t), "-c", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 100 {
		if c, err := net.Dial("tcp", listen); err == nil {
			c.Close()
			return cmd.Process.Pid
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Envoy does not listen")
	return 0
}
