package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"extauthz/internal/testbed"
)

// TestEnvoyGateway has the stories told through the configuration that Envoy Gateway makes of our manifests. egctl runs Envoy Gateway's own
// translator; the real Envoy runs what comes out, in front of the real MLflow and the service.
func TestEnvoyGateway(t *testing.T) {
	for _, tc := range []struct {
		name    string
		patched bool // with the EnvoyPatchPolicy, which many a cluster switches off
	}{{"with patches", true}, {"without patches", false}} {
		t.Run(tc.name, func(t *testing.T) {
			manifests := kustomized(t, "testdata/gateway")
			if !tc.patched {
				manifests = without(manifests, "kind: EnvoyPatchPolicy")
			}
			g := translated(t, manifests)
			s := testbed.Start(t, testbed.Options{SecretKey: "kept over restarts"})
			through(t, s, g, "10.1.0.1:5000", "10.1.0.2:9191", "10.1.0.2:8080")
			tellAll(t, s, tc.patched)
		})
	}
}

// without leaves out the documents that have a line.
func without(manifests []byte, line string) []byte {
	var kept [][]byte
	for _, document := range bytes.Split(manifests, []byte("\n---\n")) {
		if !bytes.Contains(document, []byte(line)) {
			kept = append(kept, document)
		}
	}
	return bytes.Join(kept, []byte("\n---\n"))
}

func translated(t *testing.T, manifests []byte) generated {
	t.Helper()
	file := filepath.Join(t.TempDir(), "manifests.yaml")
	if err := os.WriteFile(file, manifests, 0o600); err != nil {
		t.Fatal(err)
	}
	text := output(t, nil, tool(t, "egctl"), "x", "translate", "--from", "gateway-api", "--to", "xds", "--type", "all", "-o", "json", "-f", file)
	var dump any
	if err := json.Unmarshal(text, &dump); err != nil {
		t.Fatal(err)
	}
	dump = camelToSnake(dump)
	g := generated{routes: map[string]object{}, endpoints: map[string]object{}}
	walk(dump, func(o object) {
		if l, ok := o["listener"].(object); ok && l["name"] == "mlflow/mlflow/https" {
			g.listener = l
		}
		if r, ok := o["route_config"].(object); ok && at(o, "route_config", "name") != "ready_route" {
			g.routes[r["name"].(string)] = r
		}
		if c, ok := o["cluster"].(object); ok && c["name"] != nil {
			g.clusters = append(g.clusters, c)
		}
		if r, ok := o["layered_runtime"]; ok {
			g.runtime = r
		}
		if e, ok := o["endpoint_config"].(object); ok {
			g.endpoints[e["cluster_name"].(string)] = e
		}
	})
	g.untype()
	if g.listener == nil {
		t.Fatal("Envoy Gateway makes no listener of our manifests")
	}
	return g
}

// through runs an Envoy with that configuration in front of a stack, and has the stack's clients use it. The last three arguments are where
// the configuration thinks that MLflow, the check and the auth API are.
func through(t *testing.T, s *testbed.Stack, g generated, mlflow, check, authAPI string) {
	t.Helper()
	listen := "127.0.0.1:" + testbed.FreePorts(t, 1)[0]
	config := g.static(t, listen, map[string]string{mlflow: s.MLflow, check: s.Check, authAPI: s.AdminAPI})
	accepted(t, config)
	testbed.Proxy(t, config, listen)
	_, port, _ := bytes.Cut([]byte(listen), []byte(":"))
	s.URL = "http://localhost:" + string(port)
}

// accepted fails, and says why, if Envoy refuses a configuration.
func accepted(t *testing.T, config []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "envoy.json")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(testbed.Envoy(t), "--mode", "validate", "--log-level", "warning", "-c", path).CombinedOutput(); err != nil {
		t.Fatalf("Envoy refuses the configuration: %v\n%s", err, out)
	}
}

// tellAll tells what MLflow's documentation promises. OTLP in protobuf needs a proxy that sends bodies as bytes.
func tellAll(t *testing.T, s *testbed.Stack, asBytes bool) {
	t.Helper()
	scripts := []string{"users.py", "permissions.py", "prompts.py", "paging.py"}
	if asBytes {
		scripts = append(scripts, "traces.py")
	}
	kept := "KEPT=" + filepath.Join(t.TempDir(), "page.json")
	for _, script := range scripts {
		if !t.Run(script, func(t *testing.T) { tell(t, s, testbed.Newest, script, kept) }) {
			t.FailNow()
		}
	}
}
