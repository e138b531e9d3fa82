package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// line is what the logs of Envoy and of the service have in common, and what only one has.
type line struct {
	RequestID string `json:"request_id"`
	Path      string `json:"path"`
	Reason    string `json:"reason"`
	Status    int    `json:"status"`    // Envoy's
	Principal string `json:"principal"` // the service's
	Stream    string `json:"stream"`
}

// TestARequestHasOneIDInEveryLog follows requests by what a user would quote: the x-request-id of the response.
func TestARequestHasOneIDInEveryLog(t *testing.T) {
	s := testbed.Start(t, testbed.Options{Env: []string{"EXTAUTHZ_LOG_ALLOWED=true"}})
	addUser(t, s, "alice")
	const path = "/api/2.0/mlflow/experiments/get"
	for _, tc := range []struct {
		user, password, reason string
		status                 int
	}{
		{"alice", passwordOf("alice"), "granted", http.StatusOK},
		{"alice", "a secret that is wrong", "unauthenticated", http.StatusUnauthorized},
	} {
		status, id := idOf(t, s.URL+path+"?experiment_id=0&token=a-secret-of-the-query", tc.user, tc.password)
		if status != tc.status || id == "" || id == "chosen-by-the-client" {
			t.Fatalf("status %d and id %q", status, id)
		}
		var ours, envoys line
		eventually(t, "the service logs its decision about "+id, func() bool { return find(s, testbed.ServicePart, id, &ours) })
		eventually(t, "Envoy logs request "+id, func() bool { return find(s, testbed.ProxyPart, id, &envoys) })
		if ours.Stream != "decision" || ours.Reason != tc.reason || ours.Path != path {
			t.Errorf("the service says %+v", ours)
		}
		if envoys.Status != tc.status || envoys.Reason != tc.reason || envoys.Path != path {
			t.Errorf("Envoy says %+v", envoys)
		}
	}
	for _, p := range []testbed.Part{testbed.ServicePart, testbed.ProxyPart} {
		if strings.Contains(s.Log(p, 10_000), "a-secret-of-the-query") || strings.Contains(s.Log(p, 10_000), "a secret that is wrong") {
			t.Errorf("%s logs secrets", p)
		}
	}
}

// idOf sends a request with an id of the client's own, which nobody believes, and returns the one that Envoy gave it.
func idOf(t *testing.T, url, user, password string) (status int, id string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(user, password)
	request.Header.Set("X-Request-Id", "chosen-by-the-client")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header.Get("X-Request-Id")
}

// find reads the line with that id.
func find(s *testbed.Stack, p testbed.Part, id string, into *line) bool {
	for text := range strings.Lines(s.Log(p, 1000)) {
		var l line
		if json.Unmarshal([]byte(text), &l) == nil && l.RequestID == id {
			*into = l
			return true
		}
	}
	return false
}

// TestReadinessSeesMLflowGo kills MLflow under a running stack: the service stays ready and says what it cannot do.
func TestReadinessSeesMLflowGo(t *testing.T) {
	s := testbed.Start(t, testbed.Options{})
	eventually(t, "all parts are healthy", func() bool {
		status, text := plain(t, "http://"+s.Diagnostics+"/readyz")
		return status == http.StatusOK && strings.Contains(text, `"status":"ok"`)
	})
	s.Kill(t, testbed.MLflowPart)
	eventually(t, "/readyz says that MLflow is gone", func() bool {
		status, text := plain(t, "http://"+s.Diagnostics+"/readyz")
		if status != http.StatusOK {
			t.Fatalf("no request needs MLflow to be refused, yet /readyz is %d %s", status, text)
		}
		return strings.Contains(text, `"mlflow":"MLflow does not answer`)
	})
	if _, text := plain(t, "http://"+s.Diagnostics+"/metrics"); !strings.Contains(text, `extauthz_part_healthy{part="mlflow"} 0`) {
		t.Error("the metrics do not say so")
	}
}

func plain(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
