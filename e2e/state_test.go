package e2e

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// TestStateThroughTheProxy: a backup is taken through Envoy while users write, the document of the state is applied through Envoy, and the
// restored copy decides as the backup did.
func TestStateThroughTheProxy(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{})
	addUser(t, s, "alice")
	h := home{t, t.TempDir(), s.URL}
	h.extauthz(s.AdminPassword, "login", "--username", s.AdminUsername, "--password-stdin")
	ctx, stop := context.WithCancel(t.Context())
	made := make(chan error, 1)
	go func() { made <- makeExperiments(ctx, s) }()
	dir := t.TempDir()
	for i := range 3 {
		copied := filepath.Join(dir, fmt.Sprint("copy", i))
		backup := h.extauthz("", "backup", copied)
		restored := filepath.Join(dir, fmt.Sprint("restored", i))
		if again := h.extauthz("", "restore", copied, "--store", restored); digestIn(t, again) != digestIn(t, backup) {
			t.Errorf("the restored store decides otherwise:\n%s\n%s", again, backup)
		}
		h.extauthz("", "check", "--store", restored)
	}
	stop()
	if err := <-made; err != nil {
		t.Fatal(err)
	}

	state := filepath.Join(dir, "state.yaml")
	h.extauthz("", "export", state)
	text := strings.Replace(read(t, state), "  - username: alice\n", "  - username: alice\n    disabled: true\n", 1)
	testbed.Write(t, state, text)
	if plan := h.extauthz("", "diff", state, "--prune"); plan != "~ user alice: disabled: no → yes\n" {
		t.Errorf("the plan: %s", plan)
	}
	if _, err := call(t.Context(), http.MethodGet, s.URL+"/api/2.0/mlflow/users/current", "alice", passwordOf("alice"), nil); err != nil {
		t.Fatal(err)
	}
	h.extauthz("", "apply", state, "--prune", "--yes")
	if _, err := call(t.Context(), http.MethodGet, s.URL+"/api/2.0/mlflow/users/current", "alice", passwordOf("alice"), nil); err == nil {
		t.Error("alice still gets in")
	}
}

// makeExperiments has alice make some, each of which writes a grant, until ctx is done.
func makeExperiments(ctx context.Context, s *testbed.Stack) error {
	for i := 0; ctx.Err() == nil; i++ {
		_, err := call(context.WithoutCancel(ctx), http.MethodPost, s.URL+"/api/2.0/mlflow/experiments/create", "alice", passwordOf("alice"),
			map[string]string{"name": fmt.Sprint("experiment ", i)})
		if err != nil {
			return err
		}
	}
	return nil
}

func digestIn(t *testing.T, text string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^digest +([0-9a-f]{64})$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no digest in %s", text)
	}
	return found[1]
}
