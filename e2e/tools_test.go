package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// tool is one of the programs that k8s/lib/tools.sh builds, which takes half an hour: without them these tests are skipped, unless
// `make k8s-validate` asks for them.
func tool(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(testbed.Root(t), "var", "k8s-tools", "bin", name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if os.Getenv("K8S_VALIDATE") != "" {
		t.Fatalf("%s is missing; run k8s/lib/tools.sh", path)
	}
	t.Skipf("NOT TESTED: %s is missing; `make k8s-validate` builds it and runs this test", name)
	return ""
}

// kustomized are the manifests of a directory below k8s.
func kustomized(t *testing.T, directory string) []byte {
	t.Helper()
	return output(t, nil, tool(t, "kustomize"), "build", filepath.Join(testbed.Root(t), "k8s", directory))
}

// output runs a program on an input and returns what it prints.
func output(t *testing.T, input []byte, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(program), err, stderr.String())
	}
	return stdout.Bytes()
}
