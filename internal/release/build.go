package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// platform is "linux/amd64".
type platform string

var platforms = []platform{"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64"}

func (p platform) os() string   { name, _, _ := strings.Cut(string(p), "/"); return name }
func (p platform) arch() string { _, name, _ := strings.Cut(string(p), "/"); return name }

// program is what a release hands out to run.
type program struct{ name, module, pkg string }

var (
	service = program{"extauthz", ".", "./cmd/extauthz"}
	// importer is a module of its own, with the drivers of three databases that the service should not have.
	importer = program{"extauthz-import", "cmd/extauthz-import", "."}
)

// binary compiles a program for a platform: static, without paths of this machine and symbols for debuggers.
func (s source) binary(ctx context.Context, what program, p platform) ([]byte, error) {
	dir, err := os.MkdirTemp("", "extauthz-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, what.name)
	flags := "-s -w"
	if what == service {
		flags += fmt.Sprintf(" -X main.version=%s -X main.revision=%s", s.version, s.revision)
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", path, what.pkg)
	build.Dir = what.module
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os(), "GOARCH="+p.arch(), "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=")
	build.Stderr = os.Stderr
	fmt.Fprintln(os.Stderr, "building "+what.name+" for "+string(p)+" …")
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go build of %s for %s: %w", what.name, p, err)
	}
	return os.ReadFile(path)
}
