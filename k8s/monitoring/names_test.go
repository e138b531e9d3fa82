package monitoring

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	ownMetric  = regexp.MustCompile(`\bextauthz_\w+`)
	documented = regexp.MustCompile(`(?m)^## (extauthz_\w+)\n\n(\w+)`)
	alertNamed = regexp.MustCompile(`(?m)^      - alert: (\w+)$`)
)

// exist are the series that the service has, by its own page of metrics, which internal/app compares with what it serves.
func exist(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, m := range documented.FindAllStringSubmatch(read(t, "../../docs/reference/metrics.md"), -1) {
		if m[2] != "histogram" {
			names[m[1]] = true
			continue
		}
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			names[m[1]+suffix] = true
		}
	}
	return names
}

// TestEveryMetricExists: an alert on a metric that was renamed never fires, and nobody notices.
func TestEveryMetricExists(t *testing.T) {
	names := exist(t)
	for _, expr := range append(dashboardQueries(t), read(t, "alerts.yaml"), read(t, "alerts_test.yaml")) {
		expr = regexp.MustCompile(`(?m)^ +(summary|description):.*$`).ReplaceAllString(expr, "") // prose names metrics as a whole
		found := ownMetric.FindAllString(expr, -1)
		for _, name := range found {
			if !names[name] {
				t.Errorf("%s does not exist: %s", name, expr)
			}
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d metrics are documented: is the page read as it is written?", len(names))
	}
}

// TestEveryAlertIsTested both ways.
func TestEveryAlertIsTested(t *testing.T) {
	tests := read(t, "alerts_test.yaml")
	for _, m := range alertNamed.FindAllStringSubmatch(read(t, "alerts.yaml"), -1) {
		if n := strings.Count(tests, "alertname: "+m[1]); n < 2 {
			t.Errorf("%s is tested %d times, want once firing and once silent", m[1], n)
		}
	}
}

// dashboardQueries are all queries of the dashboard.
func dashboardQueries(t *testing.T) []string {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Title   string `json:"title"`
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal([]byte(read(t, "dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			queries = append(queries, target.Expr)
		}
	}
	if len(queries) == 0 {
		t.Fatal("the dashboard asks for nothing")
	}
	return queries
}

// TestDashboardQueriesParse has promtool read each of them, as a rule, with Grafana's variables filled in.
func TestDashboardQueriesParse(t *testing.T) {
	variables := strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$instance", ".*")
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	for i, query := range dashboardQueries(t) {
		fmt.Fprintf(&rules, "      - record: panel:%d\n        expr: %q\n", i, variables.Replace(query))
	}
	path := filepath.Join(t.TempDir(), "dashboard.yaml")
	if err := os.WriteFile(path, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", path)
}

// TestDashboardShowsEveryMetric but those that it would only repeat.
func TestDashboardShowsEveryMetric(t *testing.T) {
	all := strings.Join(dashboardQueries(t), "\n")
	for name := range exist(t) {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_sum"), "_count")
		if !strings.Contains(all, base) && base != "extauthz_store_admins" && base != "extauthz_cache_entries" {
			t.Errorf("no panel shows %s", base)
		}
	}
}
