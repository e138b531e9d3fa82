package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
)

const password = "long enough for everybody"

// reloaded is a running `extauthz serve`.
type reloaded struct {
	t       *testing.T
	process *os.Process
	lines   *bufio.Scanner // its log
	config  string         // the path of its YAML file
	store   string
	at      map[string]any // where it listens
}

// serveYAML starts the command itself, as the test binary is it under that name.
func serveYAML(t *testing.T, text string) *reloaded {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := t.TempDir()
	s := &reloaded{t: t, config: filepath.Join(d, "extauthz.yaml"), store: filepath.Join(d, "s.db")}
	s.write(text)
	cmd := exec.Command(self)
	cmd.Args = []string{
		"extauthz", "serve", "--config", s.config, "--init", "--grpc-listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
		"--diagnostics-listen", "127.0.0.1:0",
	}
	cmd.Env = []string{"MLFLOW_AUTH_ADMIN_USERNAME=admin", "MLFLOW_AUTH_ADMIN_PASSWORD=" + password}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.process, s.lines = cmd.Process, bufio.NewScanner(stderr)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		for s.lines.Scan() {
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("it did not end in order: %v", err)
		}
	})
	s.at = s.await("serving")
	return s
}

// write replaces the configuration. A store is needed, and not what is tested.
func (s *reloaded) write(text string) {
	s.t.Helper()
	next := s.config + ".new"
	if err := os.WriteFile(next, []byte("store: "+s.store+"\n"+text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(next, s.config); err != nil {
		s.t.Fatal(err)
	}
}

// await reads the log to the next line with that message.
func (s *reloaded) await(message string) map[string]any {
	s.t.Helper()
	for s.lines.Scan() {
		var line map[string]any
		if err := json.Unmarshal(s.lines.Bytes(), &line); err != nil {
			s.t.Fatalf("%s: %v", s.lines.Text(), err)
		}
		if line["msg"] == message {
			return line
		}
	}
	s.t.Fatalf("it ended without %q", message)
	return nil
}

func (s *reloaded) address(of string) string { return s.at[of].(string) }

func (s *reloaded) createAlice() {
	s.t.Helper()
	r, err := http.NewRequest("POST", "http://"+s.address("admin")+"/api/2.0/mlflow/users/create",
		strings.NewReader(`{"username": "alice", "password": "`+password+`"}`))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("admin", password)
	resp, err := http.DefaultClient.Do(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatal(resp, err)
	}
	resp.Body.Close()
}

// aliceReads asks as Envoy does whether alice may read an experiment that nothing is granted on.
func (s *reloaded) aliceReads() bool {
	s.t.Helper()
	conn, err := grpc.NewClient(s.address("grpc"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	const path = "/api/2.0/mlflow/experiments/get?experiment_id=1"
	h := &core.HeaderMap{}
	for _, line := range [][2]string{
		{":authority", "localhost"},
		{":path", path},
		{":method", "GET"},
		{"authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("alice:"+password))},
	} {
		h.Headers = append(h.Headers, &core.HeaderValue{Key: line[0], RawValue: []byte(line[1])})
	}
	r, err := auth.NewAuthorizationClient(conn).Check(s.t.Context(), &auth.CheckRequest{Attributes: &auth.AttributeContext{
		Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
			Id: "1", Method: "GET", HeaderMap: h, Path: path, Host: "localhost", Scheme: "http", Protocol: "HTTP/1.1",
		}},
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return r.GetStatus().GetCode() == int32(codes.OK)
}

// want checks what holds, and what the metrics say of the last configuration.
func (s *reloaded) want(reads bool, successful string) {
	s.t.Helper()
	if got := s.aliceReads(); got != reads {
		s.t.Errorf("alice may read: %t, want %t", got, reads)
	}
	resp, err := http.Get("http://" + s.address("diagnostics") + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if line := "\nextauthz_config_last_reload_successful " + successful + "\n"; !bytes.Contains(text, []byte(line)) {
		s.t.Errorf("the metrics have no line %q", line)
	}
	if !bytes.Contains(text, []byte("\nextauthz_config_last_reload_success_timestamp_seconds 1.")) {
		s.t.Error("the metrics do not say when the configuration was read")
	}
}

const reloadedLine = "the configuration is reloaded"

func TestReloadOfTheRealProcess(t *testing.T) {
	s := serveYAML(t, "default_permission: READ\n")
	s.createAlice()
	s.want(true, "1")

	s.write("default_permission: NO_PERMISSIONS\n")
	s.await(reloadedLine)
	s.want(false, "1")

	s.write("default_permission: READ\nlog_alowed: true\n")
	line := s.await("configuration")
	if got, _ := line["error"].(string); !strings.Contains(got, `extauthz.yaml:3: unknown key "log_alowed"; did you mean log_allowed?`) {
		t.Errorf("the log says %v", line)
	}
	s.want(false, "0")

	// An empty file is one that is being written.
	if err := os.Truncate(s.config, 0); err != nil {
		t.Fatal(err)
	}
	s.await("configuration")
	s.want(false, "0")

	s.write("default_permission: READ\ncache_entries: 5\n")
	s.await(reloadedLine)
	if got := s.await("changed settings that need a restart")["settings"]; len(got.([]any)) != 1 || got.([]any)[0] != "cache_entries" {
		t.Errorf("%v need a restart, want cache_entries", got)
	}
	s.want(true, "1")
}

func TestReloadOnHangup(t *testing.T) {
	s := serveYAML(t, "default_permission: READ\n")
	for range 2 { // nothing has changed; it is read all the same
		if err := s.process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		s.await(reloadedLine)
	}
}
