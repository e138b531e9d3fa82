package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"extauthz/internal/testbed"
)

// TestLostCreate kills each part at each point between the request of a create and its response. Whatever MLflow made of it, its creator
// ends up with MANAGE on it.
//
// MLflow is held at its commit by a lock on its database, so that the points are points and not luck.
func TestLostCreate(t *testing.T) {
	s := testbed.Start(t, testbed.Options{})
	addUser(t, s, "alice")
	points := []struct {
		name string
		hurt func(c *creation)
	}{
		{"the client goes away before MLflow commits", func(c *creation) { c.leave(); c.unlock() }},
		{"Envoy is killed before MLflow commits", func(c *creation) { s.Kill(c.t, testbed.ProxyPart); c.unlock() }},
		{"the service is killed before MLflow commits", func(c *creation) { s.Kill(c.t, testbed.ServicePart); c.unlock() }},
		{"the service is killed after MLflow has committed", func(c *creation) {
			s.Pause(c.t, testbed.ServicePart)
			c.unlock()
			c.awaitCommit()
			s.Kill(c.t, testbed.ServicePart)
		}},
		{"Envoy is killed after MLflow has committed", func(c *creation) {
			s.Pause(c.t, testbed.ServicePart)
			c.unlock()
			c.awaitCommit()
			s.Kill(c.t, testbed.ProxyPart)
			s.Resume(c.t, testbed.ServicePart)
		}},
		{"the client goes away after MLflow has committed", func(c *creation) {
			s.Pause(c.t, testbed.ServicePart)
			c.unlock()
			c.awaitCommit()
			c.leave()
			s.Resume(c.t, testbed.ServicePart)
		}},
	}
	for i, point := range points {
		for _, kind := range []string{"experiment", "registered model"} {
			t.Run(point.name+", "+kind, func(t *testing.T) {
				c := begin(t, s, kind, fmt.Sprintf("lost %d", i))
				point.hurt(c)
				c.leave()
				s.Revive(t)
				c.awaitManage()
			})
		}
	}
}

// TestKeptCreate is the twin: nothing is hurt, and MANAGE is there as soon as the response is.
func TestKeptCreate(t *testing.T) {
	s := testbed.Start(t, testbed.Options{})
	addUser(t, s, "alice")
	for _, kind := range []string{"experiment", "registered model"} {
		c := begin(t, s, kind, "kept")
		c.unlock()
		if err := <-c.done; err != nil {
			t.Fatal(err)
		}
		if p := c.permission(); p != "MANAGE" {
			t.Errorf("right after creating the %s, its creator holds %q", kind, p)
		}
	}
}

// creation is one create under way, held at MLflow's commit.
type creation struct {
	t      *testing.T
	stack  *testbed.Stack
	kind   string
	name   string
	leave  context.CancelFunc
	unlock func()
	done   chan error
}

// begin sends the create as alice and returns when it has been let through.
func begin(t *testing.T, s *testbed.Stack, kind, name string) *creation {
	c := &creation{t: t, stack: s, kind: kind, name: name, unlock: lockDatabase(t, s), done: make(chan error, 1)}
	var ctx context.Context
	ctx, c.leave = context.WithCancel(context.Background())
	before := received(t, s)
	go func() {
		_, err := c.send(ctx)
		c.done <- err
	}()
	eventually(t, "the create is let through", func() bool { return received(t, s) > before })
	return c
}

func (c *creation) send(ctx context.Context) ([]byte, error) {
	path := "/api/2.0/mlflow/experiments/create"
	if c.kind != "experiment" {
		path = "/api/2.0/mlflow/registered-models/create"
	}
	return call(ctx, http.MethodPost, c.stack.URL+path, "alice", passwordOf("alice"), map[string]string{"name": c.name})
}

// received counts the creates that the service has let through.
func received(t *testing.T, s *testbed.Stack) (n int) {
	t.Helper()
	text, err := call(t.Context(), http.MethodGet, "http://"+s.Diagnostics+"/metrics", "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range allowedCreates.FindAllSubmatch(text, -1) {
		count, _ := strconv.Atoi(string(match[1]))
		n += count
	}
	return n
}

var allowedCreates = regexp.MustCompile(`(?m)^extauthz_checks_total\{decision="allow",operation="Create(?:Experiment|RegisteredModel)",reason="[a-z_]+"\} (\d+)$`)

// lockDatabase keeps MLflow from committing; reading goes on.
func lockDatabase(t *testing.T, s *testbed.Stack) (unlock func()) {
	t.Helper()
	const script = `import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=60)
c.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()`
	cmd := exec.Command(testbed.Python(t), "-c", script, filepath.Join(s.DataDir, "mlflow", "mlflow.db"))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the database cannot be locked: %q %v", line, err)
	}
	unlocked := false
	unlock = func() {
		if !unlocked {
			unlocked = true
			stdin.Close()
			cmd.Wait()
		}
	}
	t.Cleanup(unlock)
	return unlock
}

// awaitCommit asks MLflow itself, past Envoy.
func (c *creation) awaitCommit() {
	c.t.Helper()
	eventually(c.t, "MLflow commits", func() bool { return c.resource("http://"+c.stack.MLflow) != "" })
}

// resource is the identifier of what was created, "" while there is none.
func (c *creation) resource(base string) string {
	path, answer := "experiments/get-by-name?experiment_name=", "experiment"
	if c.kind != "experiment" {
		path, answer = "registered-models/get?name=", "registered_model"
	}
	body, err := call(context.Background(), http.MethodGet, base+"/api/2.0/mlflow/"+path+url.QueryEscape(c.name),
		c.stack.AdminUsername, c.stack.AdminPassword, nil)
	if err != nil {
		return ""
	}
	var object map[string]struct {
		ExperimentID string `json:"experiment_id"`
		Name         string `json:"name"`
	}
	if json.Unmarshal(body, &object) != nil {
		return ""
	}
	if c.kind == "experiment" {
		return object[answer].ExperimentID
	}
	return object[answer].Name
}

// awaitManage asks until the creator holds MANAGE. Envoy may be killed before it has passed the request on: then there is nothing to own,
// and creating it must work the second time.
func (c *creation) awaitManage() {
	c.t.Helper()
	asked := time.Now()
	eventually(c.t, "its creator holds MANAGE", func() bool {
		if c.permission() != "MANAGE" && time.Since(asked) > 15*time.Second && c.resource("http://"+c.stack.MLflow) == "" {
			c.t.Log("the request never reached MLflow; creating it again")
			asked = time.Now()
			_, err := c.send(c.t.Context())
			return err == nil && c.permission() == "MANAGE"
		}
		return c.permission() == "MANAGE"
	})
}

// permission is what is granted to alice, "" for nothing.
func (c *creation) permission() string {
	path, key := "experiments/permissions/get?username=alice&experiment_id=", "experiment_permission"
	if c.kind != "experiment" {
		path, key = "registered-models/permissions/get?username=alice&name=", "registered_model_permission"
	}
	id := c.resource(c.stack.URL)
	body, err := call(context.Background(), http.MethodGet, c.stack.URL+"/api/2.0/mlflow/"+path+url.QueryEscape(id),
		c.stack.AdminUsername, c.stack.AdminPassword, nil)
	if err != nil || id == "" {
		return ""
	}
	var object map[string]struct{ Permission string }
	if json.Unmarshal(body, &object) != nil {
		return ""
	}
	return object[key].Permission
}
