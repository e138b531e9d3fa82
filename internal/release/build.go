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

// binary compiles the service for a platform: static, without paths of this machine and symbols for debuggers.
func (s source) binary(ctx context.Context, p platform) ([]byte, error) {
	dir, err := os.MkdirTemp("", "extauthz-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "extauthz")
	flags := fmt.Sprintf("-s -w -X main.version=%s -X main.revision=%s", s.version, s.revision)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", path, "./cmd/extauthz")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os(), "GOARCH="+p.arch(), "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=")
	build.Stderr = os.Stderr
	fmt.Fprintln(os.Stderr, "building for "+string(p)+" …")
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go build for %s: %w", p, err)
	}
	return os.ReadFile(path)
}
