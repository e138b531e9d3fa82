// Package conformance holds the differential test: generated requests at our stack and at MLflow's own basic-auth on the same data, with
// an eye on what plain MLflow really answers and changes. __main__.py tells how to run it; `make conformance` runs the long one.
package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// TestShortRun sends the same few hundred requests every time, in about a minute. SEED chooses others.
func TestShortRun(t *testing.T) {
	seed := os.Getenv("SEED")
	if seed == "" {
		seed = "1"
	}
	root := testbed.Root(t)
	cmd := exec.Command(testbed.Python(t), filepath.Join(root, "e2e", "conformance"), string(testbed.Newest),
		"--seed", seed, "--defaults", "NO_PERMISSIONS", "--requests", "800", "--seconds", "200")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("a leak, or a difference that differences.tsv does not name: %v", err)
	}
}
