// Package k8s renders those parts of the manifests beside it that follow from the route table.
//
// Whatever stands between clients and MLflow in a cluster (Envoy Gateway, Istio, Contour, Traefik, nginx) has to know which requests are
// special: uploads, whose body is not part of the check; requests whose response has to come by; and MLflow's auth REST API, which extauthz
// answers itself. Package bootstrap says which those are, from the same rows that decide. Here they become regular expressions, few enough for
// the limits of each kind of manifest, and from there routes.yaml of each overlay (or routes.conf).
//
// Everything else in the overlays is written by hand. `go test ./k8s -update` writes the generated files anew.
package k8s
