package k8s

import (
	"path/filepath"
	"testing"

	"extauthz/internal/golden"
)

func TestGolden(t *testing.T) {
	for overlay, file := range Names() {
		t.Run(overlay, func(t *testing.T) {
			got, err := Render(overlay, "")
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, filepath.Join("overlays", overlay, file), string(got))
		})
	}
}
