package testbed

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Version is an MLflow release that `make overlay` installs.
type Version string

const (
	Newest Version = "3.17.2" // var/venv
	Oldest Version = "2.22.5" // var/mlflow-2.22.5, laid over it
)

// Root is the top of the checkout.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the working directory")
	return ""
}

// Envoy is the path of the pinned Envoy.
func Envoy(t testing.TB) string { return must(t, "make venv", "var/venv/bin/envoy") }

// Python is the path of a Python with MLflow. Its environment must have what PythonPath says.
func Python(t testing.TB) string { return must(t, "make venv", "var/venv/bin/python") }

// PythonPath is the PYTHONPATH, as a line of the environment, that turns Python into one with that MLflow.
func PythonPath(t testing.TB, v Version) string {
	t.Helper()
	switch v {
	case Newest:
		return "PYTHONPATH="
	case Oldest:
		return "PYTHONPATH=" + must(t, "make overlay", "var/mlflow-2.22.5")
	default:
		t.Fatalf("no MLflow %q here", v)
		return ""
	}
}

// SignerPath is the PYTHONPATH, as a line of the environment, with what signs for MLFLOW_TRACKING_AWS_SIGV4.
func SignerPath(t testing.TB) string { return "PYTHONPATH=" + must(t, "make overlay", "var/sigv4") }

// WithSigner is PythonPath with what signs.
func WithSigner(t testing.TB, v Version) string { return with(t, v, "var/sigv4") }

// WithKubernetes is PythonPath with what MLflow's own plugin for clusters needs.
func WithKubernetes(t testing.TB, v Version) string { return with(t, v, "var/kubernetes") }

func with(t testing.TB, v Version, overlay string) string {
	t.Helper()
	path := PythonPath(t, v)
	if path != "PYTHONPATH=" {
		path += string(os.PathListSeparator)
	}
	return path + must(t, "make overlay", overlay)
}

// Provider is the path of the OpenID provider that e2e/oidc makes.
func Provider(t testing.TB) string { return must(t, "make overlay", "var/oidc-provider") }

// binary is the path of the service, as `make build` leaves it; one that is older than its sources fails the test.
func binary(t testing.TB) string {
	t.Helper()
	path := must(t, "make build", "bin/extauthz")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"api", "authz", "cmd", "envoy", "internal/app", "store"} {
		if newer := newerSource(filepath.Join(Root(t), dir), info.ModTime()); newer != "" {
			t.Fatalf("bin/extauthz is older than %s; run `make test`, or `make build` first", newer)
		}
	}
	return path
}

func newerSource(dir string, than time.Time) (found string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(than) {
			found = path
			return fs.SkipAll
		}
		return nil
	})
	return found
}

func must(t testing.TB, target, path string) string {
	t.Helper()
	full := filepath.Join(Root(t), path)
	if _, err := os.Stat(full); err != nil {
		t.Fatalf("%s is missing; run `make test`, or `%s` first", path, target)
	}
	return full
}

// Write writes a file for its owner's eyes, and makes the directories that lead to it.
func Write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
