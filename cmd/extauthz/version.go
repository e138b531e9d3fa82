package main

import (
	"fmt"
	"runtime"
)

// Set by the linker: see the Makefile. A plain `go build` leaves them as they are.
var (
	version  = "unreleased"
	revision = "unknown"
)

// versionText is what --version prints: the release, the commit that it was built from, and for what.
func versionText() string {
	return fmt.Sprintf("%s (revision %s, %s, %s/%s)", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
