package testbed

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Part is one of the processes of a stack.
type Part string

const (
	ProxyPart   Part = "envoy"
	ServicePart Part = "extauthz"
	MLflowPart  Part = "mlflow"
)

// Kill ends a part and its children at once, without a chance to finish anything, and waits until it is gone.
func (s *Stack) Kill(t testing.TB, p Part) {
	t.Helper()
	pid := s.PID(t, p)
	s.signal(t, p, syscall.SIGKILL)
	for syscall.Kill(pid, 0) == nil {
		time.Sleep(5 * time.Millisecond)
	}
}

// Pause stops a part where it stands.
func (s *Stack) Pause(t testing.TB, p Part) { s.signal(t, p, syscall.SIGSTOP) }

// Resume lets a paused part go on.
func (s *Stack) Resume(t testing.TB, p Part) { s.signal(t, p, syscall.SIGCONT) }

// signal reaches the children as well: each part leads a process group.
func (s *Stack) signal(t testing.TB, p Part, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(-s.PID(t, p), sig); err != nil {
		t.Fatalf("%s to %s: %v", sig, p, err)
	}
}

// Revive starts the dead parts again and waits until the stack answers.
func (s *Stack) Revive(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(2 * time.Minute)
	for !s.answers() {
		if time.Now().After(deadline) {
			t.Fatal("the stack does not come back")
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// PID is a part's process.
func (s *Stack) PID(t testing.TB, p Part) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.DataDir, "run", string(p)+".pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
