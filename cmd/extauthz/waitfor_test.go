package main

import (
	"net"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// waitFor SOCKET waits until somebody answers on a unix socket.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("unix", ts.MkAbs(args[0])); err == nil {
			c.Close()
			return
		}
	}
	ts.Fatalf("nobody answers on %s", args[0])
}
