package k8s

import "extauthz/envoy/bootstrap"

// sidecar renders the whole configuration of the Envoy in MLflow's pod: its neighbours are on loopback, and the check is on a unix socket that
// the two of them share. It is what `extauthz envoy-config` prints with these addresses.
func sidecar(staticPrefix string) ([]byte, error) {
	return bootstrap.Render(bootstrap.Options{
		Listen: "0.0.0.0:8000", MLflow: "127.0.0.1:5000", Check: "unix:///run/extauthz/check.sock", AuthAPI: "127.0.0.1:8080",
		Domains: []string{"mlflow.example.com", "mlflow", "mlflow.mlflow.svc"}, StaticPrefix: staticPrefix,
	})
}
