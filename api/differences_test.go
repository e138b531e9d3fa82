package api

import (
	"os"
	"strings"
	"testing"
)

// TestDifferencesAreDocumented: whoever moves from MLflow reads of each difference that the replay allows.
func TestDifferencesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/reference/auth-api.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.Join(strings.Fields(string(text)), " ")
	for version, all := range differences {
		for _, d := range all {
			consequence := strings.HasPrefix(d.why, "follows from") || strings.HasPrefix(d.why, "same status")
			if !consequence && !strings.Contains(doc, d.why) {
				t.Errorf("%s, %q: docs/reference/auth-api.md does not say that %s", version, d.name, d.why)
			}
		}
	}
	for _, e := range Endpoints() {
		if rest, own := strings.CutPrefix(e.Path, "/api/1.0/extauthz/"); own && !strings.Contains(doc, "`"+e.Method+" "+rest+"`") {
			t.Errorf("docs/reference/auth-api.md lacks %s %s", e.Method, e.Path)
		}
	}
}
