package testbed

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Stack is one running stack.
type Stack struct {
	URL           string // Envoy's, what clients use
	AdminUsername string
	AdminPassword string
	DataDir       string

	// Addresses by which a test can go around Envoy, host:port; Check may be unix:///path.
	MLflow, AdminAPI, Diagnostics, Check string

	prefix string
	env    []string
	script string
	cmd    *exec.Cmd
	stderr bytes.Buffer
	exited chan error
}

// Start starts a stack and waits until it answers. It ends with the test.
func Start(t testing.TB, o Options) *Stack {
	t.Helper()
	o = o.withDefaults()
	s := &Stack{AdminUsername: o.AdminUsername, AdminPassword: o.AdminPassword, DataDir: o.DataDir, prefix: o.StaticPrefix}
	if s.DataDir == "" {
		s.DataDir = shortDirectory(t)
	}
	if o.MLflow == Newest && !o.ownStores() {
		seedDatabase(t, s.DataDir)
	}
	ports := FreePorts(t, 5)
	s.URL = "http://127.0.0.1:" + ports[0]
	if o.TLS {
		s.URL = "https://127.0.0.1:" + ports[0]
	}
	s.env = o.environment(t, s.DataDir, ports)
	s.script = filepath.Join(Root(t), "e2e", "start.sh")
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		s.report(t)
	})
	s.start(t)
	return s
}

// shortDirectory is one whose path leaves room for a unix socket's name, which t.TempDir's often does not.
func shortDirectory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "stack")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// Restart stops everything and starts it again on the same data and ports.
func (s *Stack) Restart(t testing.TB) {
	t.Helper()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	s.start(t)
}

// Stop stops everything; the data stay until the test ends.
func (s *Stack) Stop(t testing.TB) {
	t.Helper()
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
}

func (s *Stack) start(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command(s.script)
	s.cmd.Env, s.cmd.Stderr = s.env, &s.stderr
	s.cmd.WaitDelay = time.Second
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	s.exited = make(chan error, 1)
	go func() { s.exited <- s.cmd.Wait() }()
	if strings.TrimSpace(line) != "ready "+s.URL {
		_ = s.stop()
		t.Fatalf("the stack does not start: %q\n%s", line, s.stderr.String())
	}
	s.readAddresses(t)
}

// stop is safe to call again.
func (s *Stack) stop() error {
	if s.exited == nil {
		return nil
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
		s.exited = nil
		return nil
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		return fmt.Errorf("e2e/start.sh does not end on TERM:\n%s", s.stderr.String())
	}
}
