package testbed

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// get asks as the admin and returns the status and body.
func get(t *testing.T, s *Stack, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(s.AdminUsername, s.AdminPassword)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

const createExperiment = `import mlflow; print(mlflow.create_experiment("kept"))`

func TestStackKeepsItsStateAndSurvivesDeaths(t *testing.T) {
	for _, version := range []Version{Newest, Oldest} {
		t.Run(string(version), func(t *testing.T) {
			s := Start(t, Options{MLflow: version})
			admin := As(s.AdminUsername, s.AdminPassword)
			if id := s.Python(t, version, createExperiment, admin...); id != "1" {
				t.Fatalf("the client created experiment %q, want 1", id)
			}
			for _, p := range []Part{ProxyPart, ServicePart, MLflowPart} {
				s.Kill(t, p)
			}
			s.Revive(t)
			s.Restart(t)
			status, body := get(t, s, "/api/2.0/mlflow/experiments/get?experiment_id=1")
			if status != http.StatusOK || !strings.Contains(body, `"kept"`) {
				t.Errorf("after a restart: %d %s", status, body)
			}
		})
	}
}

func TestSecretsDoNotReachMLflowNorCommandLines(t *testing.T) {
	const canary = "a-canary-of-a-password"
	s := Start(t, Options{AdminPassword: canary, SecretKey: canary + "-key"})
	for _, p := range []Part{ProxyPart, MLflowPart} {
		if strings.Contains(proc(t, s.PID(t, p), "environ"), canary) {
			t.Errorf("%s has a secret in its environment", p)
		}
	}
	for _, p := range []Part{ProxyPart, ServicePart, MLflowPart} {
		if strings.Contains(proc(t, s.PID(t, p), "cmdline"), canary) {
			t.Errorf("%s has a secret on its command line", p)
		}
		if status, _ := get(t, s, "/version"); status != http.StatusOK || strings.Contains(s.Log(p, 10_000), canary) {
			t.Errorf("%s has a secret in its log (or /version is %d)", p, status)
		}
	}
}

func TestBadInputOfStartShIsNamed(t *testing.T) {
	ports := FreePorts(t, 5)
	for _, tc := range []struct {
		name string
		env  []string
		want string
	}{
		{"no data directory", []string{"DATA_DIR="}, "DATA_DIR is not set"},
		{"too few ports", []string{"FREE_PORTS=" + ports[1]}, "3 free ports are needed"},
		{"no such Python", []string{"MLFLOW_PYTHON=/nowhere/python"}, "MLFLOW_PYTHON"},
		{"no admin", []string{"ADMIN_PASSWORD="}, "ADMIN_PASSWORD"},
		{"neither true nor false", []string{"WORKSPACES=maybe"}, "WORKSPACES"},
		{"unbalanced quotes", []string{"MLFLOW_ARGS='--workers 1"}, "MLFLOW_ARGS"},
		{"no such ini", []string{"AUTH_INI=/nowhere.ini"}, "AUTH_INI"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cmd := exec.Command(Root(t) + "/e2e/start.sh")
			cmd.Env = append(Options{}.withDefaults().environment(t, t.TempDir(), ports), tc.env...)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), tc.want) {
				t.Errorf("want an error that names %q, got %v: %s", tc.want, err, out)
			}
		})
	}
}

func proc(t *testing.T, pid int, file string) string {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/" + file)
	if err != nil {
		t.Skip("this system has no /proc: " + err.Error())
	}
	return string(text)
}
