package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// results are the files of a release by name. They are written together, so that a build that fails leaves nothing half.
type results map[string][]byte

// checksums is a file for `sha256sum --check`.
func (r results) checksums() []byte {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(r)) {
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(r[name]), name)
	}
	return out.Bytes()
}

func (r results) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r)) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, r[name], 0o644); err != nil {
			return err
		}
		fmt.Println(path)
	}
	return nil
}
