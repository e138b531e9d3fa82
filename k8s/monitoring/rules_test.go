package monitoring

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite rules.yaml")

const ruleHeader = `# Made of alerts.yaml by ` + "`make generate`" + `: the same alerts for the Prometheus operator.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: extauthz
  labels:
    app.kubernetes.io/name: extauthz
    app.kubernetes.io/part-of: extauthz
spec:
`

// TestPrometheusRule keeps the two files of alerts one: the operator's has Prometheus' own below spec.
func TestPrometheusRule(t *testing.T) {
	var want strings.Builder
	want.WriteString(ruleHeader)
	for line := range strings.Lines(read(t, "alerts.yaml")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		want.WriteString("  " + line)
	}
	if *update {
		if err := os.WriteFile("rules.yaml", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, "rules.yaml"), want.String()); diff != "" {
		t.Errorf("rules.yaml is not alerts.yaml; run `make generate` (-written +now):\n%s", diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
