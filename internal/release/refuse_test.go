package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkout is a git repository with one commit, and the working directory.
func checkout(t *testing.T, changelog string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
	put(t, "CHANGELOG.md", changelog)
	for _, args := range [][]string{
		{"init", "-q"},
		{"add", "-A"},
		{"-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "first"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const changelog = "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-25\n\n### Added\n\n- Something.\n\n## [1.2.2] - 2026-11-24\n\n"

// TestARefusedReleaseBuildsNothing goes through what a release must not be made of.
func TestARefusedReleaseBuildsNothing(t *testing.T) {
	for _, tc := range []struct {
		name, version string
		change        func(*testing.T)
		want          string
	}{
		{"no entry", "1.2.4", nil, "has no section"},
		{"no entry, but one whose name begins so", "1.2", nil, "give it as 1.2.3"},
		{"an empty entry", "1.2.2", nil, "says nothing about 1.2.2"},
		{"a tag's name", "v1.2.3", nil, "give it as 1.2.3"},
		{"a flag of the linker", "1.2.3 -X main.revision=x", nil, "give it as 1.2.3"},
		{"a changed file", "1.2.3", func(t *testing.T) { put(t, "CHANGELOG.md", changelog+"\n") }, "the working tree has changes"},
		{"a new file", "1.2.3", func(t *testing.T) { put(t, "new.go", "package main") }, "the working tree has changes"},
		{"no checkout", "1.2.3", func(t *testing.T) {
			if err := os.RemoveAll(".git"); err != nil {
				t.Fatal(err)
			}
		}, "git checkout"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			checkout(t, changelog)
			if tc.change != nil {
				tc.change(t)
			}
			out := filepath.Join(t.TempDir(), "dist")
			err := run(t.Context(), []string{"all", "-version", tc.version, "-out", out})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error is %v, want one that says %q", err, tc.want)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("it wrote something")
			}
		})
	}
}

// TestAReleaseGetsPastTheChecks is the twin: what fails then is that there is no Go code here.
func TestAReleaseGetsPastTheChecks(t *testing.T) {
	checkout(t, changelog)
	text, err := notes("CHANGELOG.md", "1.2.3")
	if err != nil || text != "### Added\n\n- Something.\n" {
		t.Errorf("the notes are %q (%v)", text, err)
	}
	if err := clean(t.Context()); err != nil {
		t.Error(err)
	}
	s, err := readSource(t.Context(), "1.2.3")
	if err != nil || len(s.revision) != 40 || s.at.Year() < 2026 {
		t.Errorf("%+v %v", s, err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	put(t, "new.go", "package main")
	s, err = readSource(t.Context(), "1.2.3")
	if err != nil || !strings.HasSuffix(s.revision, "-dirty") || s.at.Unix() != 1_700_000_000 {
		t.Errorf("with changes and a time of its own: %+v %v", s, err)
	}
}
