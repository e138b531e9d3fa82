package main

import (
	"net"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"extauthz": main})
}

// TestScripts runs the commands as a user would, one story a file of testdata.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			// A port that is taken for as long as the story runs.
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			e.Defer(func() { l.Close() })
			e.Setenv("TAKEN", l.Addr().String())
			e.Setenv("HOME", e.WorkDir)
			running := &runningService{}
			e.Values[serviceKey{}] = running
			e.Defer(func() { _ = running.stop() })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"waitfor": waitFor, "truncate": truncate, "service": service, "fails": fails, "as": as, "mode": mode,
		},
	})
}

// truncate FILE empties a file.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Truncate(ts.MkAbs(args[0]), 0))
}
