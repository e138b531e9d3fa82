package k8s

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"

	"extauthz/envoy/bootstrap"
)

//go:embed templates
var templates embed.FS

// treated are the rules of one treatment and where their requests go.
type treated struct {
	Name    string
	Rules   []Rule
	Service string
	Port    int
}

// Names are the overlays that have a generated file, each with its name there.
func Names() map[string]string {
	out := map[string]string{"sidecar": "envoy.json"}
	files, _ := fs.Glob(templates, "templates/*")
	for _, f := range files {
		name, extension, _ := strings.Cut(strings.TrimPrefix(f, "templates/"), ".")
		out[name] = "routes." + extension
	}
	return out
}

// Render writes the generated file of an overlay.
func Render(overlay, staticPrefix string) ([]byte, error) {
	file, ok := Names()[overlay]
	if !ok {
		return nil, fmt.Errorf("no overlay %q has a generated file; choose one of %s", overlay, strings.Join(overlays(), ", "))
	}
	if overlay == "sidecar" {
		return sidecar(staticPrefix)
	}
	name := overlay + strings.TrimPrefix(file, "routes")
	t, err := template.New(name).Funcs(functions()).ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	e, err := readEnvoy(staticPrefix)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{"Treatments": treatments(staticPrefix), "Envoy": e, "Stripped": bootstrap.StrippedHeaders()})
	return out.Bytes(), err
}

func overlays() (out []string) {
	for name := range Names() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func treatments(staticPrefix string) (out []treated) {
	for _, name := range []string{bootstrap.Upload, bootstrap.Filtered, bootstrap.AuthAPI} {
		t := treated{Name: name, Rules: Rules(name, staticPrefix), Service: "mlflow", Port: 5000}
		if name == bootstrap.AuthAPI {
			t.Service, t.Port = "extauthz", 8080
		}
		out = append(out, t)
	}
	return out
}
