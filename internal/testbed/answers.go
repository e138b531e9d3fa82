package testbed

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// answers asks through Envoy for a page that everybody may see, which takes all three parts.
func (s *Stack) answers() bool {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: s.Roots()}}
	ok := func(url string) bool {
		response, err := client.Get(url)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
	return ok("http://"+s.Diagnostics+"/readyz") && (ok(s.URL+s.prefix+"/health") || ok(s.URL+"/health"))
}

// readAddresses reads what e2e/start.sh chose.
func (s *Stack) readAddresses(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.DataDir, "run", "addresses"))
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]*string{"mlflow": &s.MLflow, "admin": &s.AdminAPI, "diagnostics": &s.Diagnostics, "check": &s.Check}
	for line := range strings.Lines(string(text)) {
		name, address, _ := strings.Cut(strings.TrimSpace(line), "=")
		if field := fields[name]; field != nil {
			*field = address
		}
	}
}

// report puts the end of every log into the output of a test that failed.
func (s *Stack) report(t testing.TB) {
	t.Helper()
	if !t.Failed() {
		return
	}
	t.Logf("e2e/start.sh said:\n%s", s.stderr.String())
	for _, p := range []Part{ProxyPart, ServicePart, MLflowPart} {
		t.Logf("the end of %s.log:\n%s", p, s.Log(p, 60))
	}
}

// Log is the last lines of a part's log.
func (s *Stack) Log(p Part, lines int) string {
	text, err := os.ReadFile(filepath.Join(s.DataDir, "log", string(p)+".log"))
	if err != nil {
		return err.Error()
	}
	all := strings.SplitAfter(string(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "")
}
