package k8s

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"extauthz/internal/config"
)

var variable = regexp.MustCompile(`(?m)^[ -]*EXTAUTHZ_([A-Z0-9_]+)=(.*)$`)

// environments are the variables that each directory's manifests set.
func environments(t *testing.T) map[string][][2]string {
	t.Helper()
	out := map[string][][2]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".env" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range variable.FindAllStringSubmatch(string(text), -1) {
			out[filepath.Dir(path)] = append(out[filepath.Dir(path)], [2]string{found[1], found[2]})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A variable that names no setting sets nothing, and nobody would notice.
func TestVariablesAreSettings(t *testing.T) {
	text, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	all := environments(t)
	if len(all["base"]) == 0 {
		t.Fatal("the base sets nothing")
	}
	for directory, variables := range all {
		for _, v := range variables {
			if _, known := schema.Properties[strings.ToLower(v[0])]; !known {
				t.Errorf("%s sets EXTAUTHZ_%s, which is no setting", directory, v[0])
			}
		}
	}
}

// The service starts with what the base and each overlay set, when the secrets are there.
func TestVariablesHaveGoodValues(t *testing.T) {
	all := environments(t)
	for directory, variables := range all {
		t.Run(directory, func(t *testing.T) {
			if _, err := (config.Sources{Flags: &config.Flags{}, Environ: environ(t, all["base"], variables)}).Load(); err != nil {
				t.Error(err)
			}
		})
	}
}

func environ(t *testing.T, layers ...[][2]string) (lines []string) {
	t.Helper()
	secrets := t.TempDir()
	for _, layer := range layers {
		for _, v := range layer {
			value := v[1]
			if path, ok := strings.CutPrefix(value, "/etc/extauthz/secrets/"); ok {
				value = filepath.Join(secrets, path)
				if err := os.WriteFile(value, []byte(strings.Repeat("long and random ", 4)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			lines = append(lines, "EXTAUTHZ_"+v[0]+"="+value)
		}
	}
	return lines
}
