package e2e

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"extauthz/internal/testbed"
)

// TestIstio has the stories told through the configuration that Istio makes of our manifests: k8s/checks/istiod runs Istio's own generator. The
// real Envoy is not Istio's build of it, so what only that one has is left out: its filters for telemetry, and mutual TLS, whose certificates
// istiod would issue. What the check hangs on (filters, routes, their order and settings) is as Istio makes it.
func TestIstio(t *testing.T) {
	for _, tc := range []struct {
		name, manifests, proxy, app, chain string
	}{
		{"sidecar", "overlays/istio-sidecar", "sidecar", "mlflow", "_5000"},
		{"gateway", "testdata/istio-gateway", "gateway", "mlflow-gateway", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := served(t, tc.manifests, tc.proxy, tc.app, tc.chain)
			s := testbed.Start(t, testbed.Options{SecretKey: "kept over restarts"})
			through(t, s, g, "mlflow:5000", "extauthz:9191", "extauthz:8080")
			tellAll(t, s, true)
		})
	}
}

// served is what istiod would serve to a proxy. Endpoints are named by what they are, whatever addresses their pods would have.
func served(t *testing.T, manifests, proxy, app, chain string) generated {
	t.Helper()
	mesh := filepath.Join(testbed.Root(t), "k8s", "mesh.yaml")
	text := output(t, kustomized(t, manifests), tool(t, "istiod"), "--mesh", mesh, "--proxy", proxy, "--app", app)
	var dump struct{ Listeners, Routes, Clusters, Endpoints []object }
	if err := json.Unmarshal(text, &dump); err != nil {
		t.Fatal(err)
	}
	g := generated{routes: map[string]object{}, endpoints: map[string]object{}, runtime: istioRuntime()}
	for _, r := range dump.Routes {
		g.routes[r["name"].(string)] = r
	}
	for _, l := range dump.Listeners {
		if c := chainOf(l, proxy, chain); c != nil {
			g.listener = object{"name": l["name"], "filter_chains": []any{c}}
		}
	}
	for _, c := range dump.Clusters {
		if c := reachable(c); c != nil {
			g.clusters = append(g.clusters, c)
		}
	}
	if g.listener == nil {
		t.Fatal("Istio makes no listener of our manifests")
	}
	return g
}

// istioRuntime is of the bootstrap that Istio gives its proxies: what the generated configuration needs.
func istioRuntime() object {
	return object{"layers": []any{object{"name": "global config", "static_layer": object{"re2.max_program_size.error_level": "32768"}}}}
}

// chainOf is the chain of filters through which clients come in: the only one of a gateway's listener; of a sidecar's, that of MLflow's port.
func chainOf(listener object, proxy, name string) object {
	inbound := listener["traffic_direction"] == "INBOUND"
	for _, c := range items(listener["filter_chains"]) {
		c := c.(object)
		own, _ := c["name"].(string)
		if inbound != (proxy == "sidecar") || !strings.HasSuffix(own, name) {
			continue
		}
		filters := items(c["filters"])
		last := filters[len(filters)-1].(object)
		walk(last, withoutIstioFilters)
		return object{"filters": []any{last}}
	}
	return nil
}

// withoutIstioFilters leaves out what has no type that Envoy itself knows.
func withoutIstioFilters(o object) {
	var kept []any
	for _, f := range items(o["http_filters"]) {
		if name, _ := f.(object)["name"].(string); !strings.HasPrefix(name, "istio.") {
			kept = append(kept, f)
		}
	}
	if kept != nil {
		o["http_filters"] = kept
	}
}

// reachable turns a cluster of MLflow or extauthz into one with a plain endpoint, and leaves others out.
func reachable(c object) object {
	name, _ := c["name"].(string)
	endpoint := map[string]string{
		"inbound|5000||": "mlflow:5000",
		"outbound|5000||mlflow.mlflow.svc.cluster.local":   "mlflow:5000",
		"outbound|9191||extauthz.mlflow.svc.cluster.local": "extauthz:9191",
		"outbound|8080||extauthz.mlflow.svc.cluster.local": "extauthz:8080",
	}[name]
	if endpoint == "" {
		return nil
	}
	host, port, _ := strings.Cut(endpoint, ":")
	number, _ := strconv.Atoi(port)
	out := object{"name": name, "type": "STATIC", "load_assignment": object{
		"cluster_name": name,
		"endpoints": []any{object{"lb_endpoints": []any{object{"endpoint": object{"address": object{"socket_address": object{
			"address": host, "port_value": float64(number),
		}}}}}}},
	}}
	for _, key := range []string{"connect_timeout", "circuit_breakers", "typed_extension_protocol_options", "common_lb_config"} {
		if value, ok := c[key]; ok {
			out[key] = value
		}
	}
	return out
}
