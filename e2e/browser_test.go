package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// look runs a script that drives a browser. SCREENSHOTS names a folder that keeps a picture of every page.
func look(t *testing.T, s *testbed.Stack, script string, env ...string) {
	t.Helper()
	shots := os.Getenv("SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	tell(t, s, testbed.Newest, script, append(env, "SCREENSHOTS="+shots, "SELENIUM="+filepath.Join(testbed.Root(t), "var", "selenium"))...)
}

// TestBrowser looks at MLflow's web UI as a user without admin rights.
func TestBrowser(t *testing.T) {
	t.Parallel()
	look(t, testbed.Start(t, testbed.Options{}), "browser.py")
}

// TestMLflowAdminPages works with MLflow's own account and admin pages.
func TestMLflowAdminPages(t *testing.T) {
	t.Parallel()
	look(t, testbed.Start(t, testbed.Options{DefaultPermission: "NO_PERMISSIONS"}), "adminpages.py")
}

// TestPages works with the pages of this service.
func TestPages(t *testing.T) {
	t.Parallel()
	look(t, testbed.Start(t, testbed.Options{SecretKey: "of all replicas"}), "pages.py")
}
