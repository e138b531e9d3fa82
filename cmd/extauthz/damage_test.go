package main

import (
	"bytes"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// damage FILE changes a bit in each place where a store's file names alice.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	if !bytes.Contains(content, []byte("alice")) {
		ts.Fatalf("%s does not name alice", args[0])
	}
	ts.Check(os.WriteFile(path, bytes.ReplaceAll(content, []byte("alice"), []byte("alicf")), 0o600))
}
