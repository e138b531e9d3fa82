package bootstrap

import (
	"testing"

	"extauthz/internal/golden"

	"github.com/google/go-cmp/cmp"
)

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
	golden.Compare(t, "testdata/envoy.json", string(render(t, fixture)))
}

func TestRenderIsDeterministic(t *testing.T) {
	first := render(t, fixture)
	for range 20 {
		if diff := cmp.Diff(string(first), string(render(t, fixture))); diff != "" {
			t.Fatal(diff)
		}
	}
}
