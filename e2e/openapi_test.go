package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"extauthz/internal/testbed"
)

// TestSchemathesis asks the REST API, as an admin and as a user, what its own description allows and what it does not: whatever comes back is
// described, and what must not be taken is not.
func TestSchemathesis(t *testing.T) {
	t.Parallel()
	s := testbed.Start(t, testbed.Options{Workspaces: true})
	addUser(t, s, "bob")
	admin, bob := tokenOf(t, s, s.AdminUsername, s.AdminPassword), tokenOf(t, s, "bob", passwordOf("bob"))
	described, err := call(t.Context(), http.MethodGet, s.URL+"/api/1.0/extauthz/openapi.json", "bob", passwordOf("bob"), nil)
	if err != nil || !bytes.Contains(described, []byte(`"openapi":"3.1`)) {
		t.Errorf("through the proxy: %.200s %v", described, err)
	}
	before := exported(t, s, admin)
	schemathesis(t, s, bob, "15", "--include-path-regex", "^/api/", "--exclude-path-regex", signsOut)
	stillSignedIn(t, s, bob)
	schemathesis(t, s, bob, "5", "--include-path-regex", signsOut)
	after := exported(t, s, admin)
	if before != after {
		t.Errorf("a user without permissions changed the state:\n%s\n%s", before, after)
	}
	schemathesis(t, s, admin, "30", "--include-path-regex", "^/api/", "--exclude-path-regex", signsOut)
	if exported(t, s, admin) == after {
		t.Error("nothing that an admin sent did anything")
	}
	schemathesis(t, s, admin, "10", "--include-path-regex", signsOut)
}

// signsOut is what may end the tester's own sign-in, since random requests take up names that answers gave: it comes last, or all that follows
// would be refused with 401, which is described too.
const signsOut = "^/api/.*/(tokens/delete|users/(delete|update-disabled|update-admin)|state/apply)$"

func stillSignedIn(t *testing.T, s *testbed.Stack, token string) {
	t.Helper()
	if status, answer := get(t, s, token, "/api/2.0/mlflow/users/current"); status != http.StatusOK {
		t.Fatalf("the tester was signed out on the way: %d %s", status, answer)
	}
}

// tokenOf signs the tester in for longer than a password, which an admin changes on the way, or the name that goes with it.
func tokenOf(t *testing.T, s *testbed.Stack, username, password string) string {
	t.Helper()
	answer, err := call(t.Context(), http.MethodPost, "http://"+s.AdminAPI+"/api/1.0/extauthz/tokens/create", username, password,
		map[string]string{"name": "of the tester"})
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Token string }
	if err := json.Unmarshal(answer, &made); err != nil {
		t.Fatal(err)
	}
	return made.Token
}

var tried = regexp.MustCompile(`(?m)^  (\d{3,}) generated, (\d{3,}) passed$`)

// schemathesis ends after so many seconds, however far it came with random requests; those that follow from the description alone come first.
// Whether a well-formed request is carried out depends on what exists, which no schema says; what a wrong password gets, on how many came
// before, so none is sent.
func schemathesis(t *testing.T, s *testbed.Stack, token, seconds string, which ...string) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "schemathesis.toml")
	testbed.Write(t, config, "[parameters]\n\"X-MLFLOW-WORKSPACE\" = \"default\"\n")
	at := "http://" + s.AdminAPI
	arguments := append([]string{
		"--config-file", config, "run", at + "/api/1.0/extauthz/openapi.json", "--url", at, "--header", "Authorization: Bearer " + token,
		"--phases", "coverage,fuzzing", "--exclude-checks", "positive_data_acceptance,ignored_auth",
		"--seed", "1", "--max-examples", "5", "--max-time", seconds, "--no-shrink", "--generation-database", "none",
		"--generation-with-security-parameters", "false", "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color",
	}, which...)
	cmd := exec.CommandContext(t.Context(), filepath.Join(testbed.Root(t), "var", "schemathesis", "bin", "schemathesis"), arguments...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if counted := tried.FindStringSubmatch(out.String()); err != nil || counted == nil || counted[1] != counted[2] {
		t.Errorf("schemathesis: %v\n%s", err, out.String())
	}
}

// exported is the whole state, as a document.
func exported(t *testing.T, s *testbed.Stack, token string) string {
	t.Helper()
	status, text := get(t, s, token, "/api/1.0/extauthz/state/export")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	return text
}

func get(t *testing.T, s *testbed.Stack, token, path string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.AdminAPI+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}
