package monitoring

import (
	"os"
	"strings"
	"testing"

	"extauthz/internal/golden"
)

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
	golden.Compare(t, "rules.yaml", want.String())
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
