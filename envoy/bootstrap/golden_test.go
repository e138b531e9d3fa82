package bootstrap

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// fixture is the configuration whose rendering is the review diff of every change to this package or to the route table.
var fixture = Options{
	Listen: "127.0.0.1:5000", MLflow: "127.0.0.1:5001", Check: "unix:///run/extauthz/check.sock", AuthAPI: "127.0.0.1:5002",
}

func render(t *testing.T, o Options) []byte {
	t.Helper()
	out, err := Render(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGolden(t *testing.T) {
	golden(t, "testdata/envoy.json", render(t, fixture))
}

// golden compares with a file, or rewrites it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the rendered configuration changed; if that is meant, run `go test ./envoy/bootstrap -update` (-want +got):\n%s", diff)
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	first := render(t, fixture)
	for range 20 {
		if diff := cmp.Diff(string(first), string(render(t, fixture))); diff != "" {
			t.Fatal(diff)
		}
	}
}
