package rules

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule forbids packages below path to import, directly or not, what forbidden names.
type rule struct {
	path      string
	forbidden func(dependency string) bool
	why       string
}

func below(prefixes ...string) func(string) bool {
	return func(dependency string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return dependency == p || strings.HasPrefix(dependency, p+"/") })
	}
}

func outsideStandardLibrary(dependency string) bool {
	first, _, _ := strings.Cut(dependency, "/")
	return strings.Contains(first, ".")
}

var imports = []rule{
	{"extauthz/authz", outsideStandardLibrary, "the core decides and nothing else: it needs only the standard library"},
	{"extauthz/authz", below("extauthz/store", "extauthz/envoy", "extauthz/api", "extauthz/internal"), "arrows point inward: the core declares what it calls"},
	{"extauthz/authz/...", below("extauthz/store", "extauthz/envoy", "extauthz/api", "extauthz/internal"), "what knows MLflow or credentials must not know where grants are kept or who asks"},
	{"extauthz/authz/...", below("github.com/envoyproxy", "go.etcd.io", "google.golang.org/grpc"), "Envoy, storage and gRPC types stay at the edge"},
	{"extauthz/store", below("extauthz/store/boltstore", "extauthz/api", "extauthz/envoy", "extauthz/internal"), "the contract knows no backend and no caller"},
	{"extauthz/store/...", below("extauthz/api", "extauthz/envoy", "extauthz/internal", "extauthz/authz/mlflow", "extauthz/authz/credential"), "a store knows authz's vocabulary and nothing of what it is used for"},
	{"extauthz/api/...", below("extauthz/envoy", "extauthz/internal", "extauthz/store/boltstore", "go.etcd.io"), "the auth API is served with any store and behind any proxy"},
	{"extauthz/api", below("google.golang.org/grpc", "extauthz/api/rpc"), "the operations know no face but HTTP: gRPC is api/rpc's"},
	{"extauthz/envoy", below("extauthz/store", "extauthz/api", "extauthz/internal", "go.etcd.io"), "Envoy's protocols are translated, not decided"},
	{"extauthz/envoy/...", below("extauthz/store", "extauthz/api", "extauthz/internal", "go.etcd.io"), "the configuration is rendered from the route table alone"},
}

func TestImports(t *testing.T) {
	packages := list(t)
	for _, r := range imports {
		matched := 0
		for _, p := range packages {
			if !r.governs(p.ImportPath) {
				continue
			}
			matched++
			for _, dependency := range p.Deps {
				if r.forbidden(dependency) {
					t.Errorf("%s depends on %s: %s", p.ImportPath, dependency, r.why)
				}
			}
		}
		if matched == 0 {
			t.Errorf("no package is below %s: the rule holds nothing", r.path)
		}
	}
}

func (r rule) governs(path string) bool {
	if prefix, ok := strings.CutSuffix(r.path, "/..."); ok {
		return strings.HasPrefix(path, prefix+"/")
	}
	return path == r.path
}

type listed struct {
	ImportPath string
	Deps       []string
}

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Deps", "extauthz/...")
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	d := json.NewDecoder(strings.NewReader(string(text)))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
