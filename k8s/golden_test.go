package k8s

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the generated files")

func TestGolden(t *testing.T) {
	for overlay, file := range Names() {
		t.Run(overlay, func(t *testing.T) {
			path := filepath.Join("overlays", overlay, file)
			got, err := Render(overlay, "")
			if err != nil {
				t.Fatal(err)
			}
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
				t.Errorf("the routes changed; if that is meant, run `go test ./k8s -update` (-want +got):\n%s", diff)
			}
		})
	}
}
