package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// adminPassword is that of "admin" in every story with a service.
const adminPassword = "the-password-of-the-admin"

// service [FLAG...] starts the service over s.db, makes the store and the admin when there are none, and says by MLFLOW_TRACKING_URI where it
// answers. "service stop" stops it.
func service(ts *testscript.TestScript, _ bool, args []string) {
	running := ts.Value(serviceKey{}).(*runningService)
	ts.Check(running.stop())
	if len(args) == 1 && args[0] == "stop" {
		return
	}
	args = append([]string{
		"serve", "--init", "--store", "s.db", "--grpc-listen", "unix://" + ts.MkAbs("grpc.sock"), "--admin-listen", "127.0.0.1:0",
		"--diagnostics-listen", "127.0.0.1:0",
	}, args...)
	cmd := exec.Command("extauthz", args...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "MLFLOW_AUTH_ADMIN_USERNAME=admin", "MLFLOW_AUTH_ADMIN_PASSWORD="+adminPassword)
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	running.cmd = cmd
	ts.Setenv("MLFLOW_TRACKING_URI", "http://"+address(ts, stderr))
}

// address reads the log up to the line that says where the admin API is.
func address(ts *testscript.TestScript, log io.Reader) string {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct{ Msg, Admin string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return line.Admin
		}
		ts.Logf("%s", lines.Text())
	}
	ts.Fatalf("the service does not start")
	return ""
}

type serviceKey struct{}

type runningService struct{ cmd *exec.Cmd }

func (r *runningService) stop() error {
	if r.cmd == nil {
		return nil
	}
	cmd := r.cmd
	r.cmd = nil
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	return cmd.Wait()
}

// fails CODE COMMAND... runs a command that must end with that exit code.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.String() != "exit status "+args[0] {
		ts.Fatalf("it ended with %v, want exit status %s", err, args[0])
	}
}

// as USER PASSWORD makes that user the one who calls, by MLflow's variables; "as nobody" goes back to what is saved.
func as(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "nobody" {
		args = []string{"", ""}
	} else if args[0] == "admin" {
		args = []string{"admin", adminPassword}
	}
	ts.Setenv("MLFLOW_TRACKING_USERNAME", args[0])
	ts.Setenv("MLFLOW_TRACKING_PASSWORD", args[1])
}
