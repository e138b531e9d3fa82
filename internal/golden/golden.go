// Package golden keeps files that are made from the code true: a test compares one with what the code says now, or with -update writes it anew.
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the files that are made from the code anew")

// Compare fails the test when the file is not what it should be. Whoever meant the change runs `make generate`, or the test with -update.
func Compare(t testing.TB, path, now string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), now); diff != "" {
		t.Errorf("%s is out of date; if that is meant, run `make generate`, or the test with -update (-kept +now):\n%s", path, diff)
	}
}
