// Command istiod prints the Envoy configuration that Istio makes of manifests, without a cluster.
//
//	istiod --mesh mesh.yaml --proxy sidecar --app mlflow < manifests.yaml
//
// It runs Istio's own generator, the one that istiod serves its proxies from, on manifests from standard input: Services, the pods of
// Deployments and StatefulSets, and every Istio resource. The proxy is the sidecar of a pod with that label app.kubernetes.io/name, or an
// ingress gateway with it. The output is JSON: listeners, routes, clusters and endpoints as Envoy takes them.
//
// It is a module of its own, because Istio brings a thousand packages that the product has no use for.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/test"
)

func main() {
	var o options
	flag.StringVar(&o.mesh, "mesh", "", "file with the mesh's configuration")
	flag.StringVar(&o.proxy, "proxy", "sidecar", "sidecar or gateway")
	flag.StringVar(&o.app, "app", "mlflow", "app.kubernetes.io/name of the pod that the proxy belongs to")
	flag.StringVar(&o.namespace, "namespace", "mlflow", "namespace of that pod")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "istiod:", err)
		os.Exit(1)
	}
}

type options struct{ mesh, proxy, app, namespace string }

func run(o options) error {
	kinds := map[string]model.NodeType{"sidecar": model.SidecarProxy, "gateway": model.Router}
	kind, ok := kinds[o.proxy]
	if !ok {
		return fmt.Errorf("--proxy %q: choose sidecar or gateway", o.proxy)
	}
	text, err := os.ReadFile(o.mesh)
	if err != nil {
		return err
	}
	if err := logToStderr(); err != nil {
		return err
	}
	config, err := mesh.ApplyMeshConfigDefaults(string(text))
	if err != nil {
		return err
	}
	manifests, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	w, err := read(manifests)
	if err != nil {
		return err
	}
	pod := w.pod(o.namespace, o.app)
	if pod == nil {
		return errors.New("no pod has app.kubernetes.io/name " + o.app)
	}
	// Wrap turns the test fixture that Istio offers into a function that returns an error.
	return test.Wrap(func(t test.Failer) {
		server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
			KubernetesObjects: w.objects(), ConfigString: w.istio, MeshConfig: config,
		})
		proxy := server.SetupProxy(&model.Proxy{
			Type: kind, ID: pod.Name + "." + pod.Namespace, ConfigNamespace: pod.Namespace, IPAddresses: []string{pod.Status.PodIP},
			Labels: pod.Labels, Metadata: &model.NodeMetadata{Namespace: pod.Namespace, Labels: pod.Labels, IstioVersion: "1.31.0", ClusterID: "Kubernetes"},
		})
		if err := printXDS(os.Stdout, server, proxy); err != nil {
			t.Fatal(err)
		}
	})
}

// logToStderr keeps Istio's log out of the output.
func logToStderr() error {
	o := log.DefaultOptions()
	o.OutputPaths = []string{"stderr"}
	o.SetDefaultOutputLevel(log.OverrideScopeName, log.ErrorLevel)
	return log.Configure(o)
}
