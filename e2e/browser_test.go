package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// TestBrowser looks at MLflow's web UI as a user without admin rights. SCREENSHOTS names a folder that keeps a picture of every page.
func TestBrowser(t *testing.T) {
	s := testbed.Start(t, testbed.Options{})
	shots := os.Getenv("SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	tell(t, s, testbed.Newest, "browser.py", "SCREENSHOTS="+shots, "SELENIUM="+filepath.Join(testbed.Root(t), "var", "selenium"))
}
