#!/usr/bin/env bash
# Checks every manifest with the programs that will read it: kubectl-validate with the rules of all CustomResourceDefinitions, the API server's
# pod security, Istio's and Envoy Gateway's validators, and Envoy. Then the end-to-end tests pass through what they make of them.
#
#   --manifests   only the manifests, without the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

k8s/lib/tools.sh
tools=$PWD/var/k8s-tools
rendered=$tools/rendered
PATH=$tools/bin:$PATH
rm -rf "$rendered"
mkdir -p "$rendered"

fail() {
	echo "k8s/validate.sh: $*" >&2
	exit 1
}

# render writes what `kubectl apply -k` would send, of every overlay and of what tests make of them.
render() {
	local directory name
	for directory in k8s/overlays/* k8s/testdata/*; do
		name=${directory#k8s/}
		kustomize build "$directory" >"$rendered/${name//\//-}.yaml" || fail "$directory can't be rendered"
	done
}

schemas() {
	local directory known=()
	for directory in "$tools"/crds/*; do known+=(--local-crds "$directory"); done
	kubectl-validate "$rendered" "${known[@]}" || fail "kubectl-validate refuses manifests"
}

pods() {
	local file
	for file in "$rendered"/*.yaml; do
		podsecurity --level restricted <"$file" >/dev/null || fail "${file##*/} breaks the restricted pod security standard"
	done
}

istio() {
	local file
	for file in "$rendered"/*istio*.yaml; do istioctl validate -f "$file" || fail "istioctl refuses ${file##*/}"; done
}

# A policy that refers to nothing is no error for egctl, but a condition of its status.
envoy_gateway() {
	local status=$rendered/gateway.status
	egctl x translate --from gateway-api --to gateway-api --type all -f "$rendered/testdata-gateway.yaml" >"$status" || fail "egctl refuses manifests"
	! grep -B1 -A4 'status: "False"' "$status" || fail "Envoy Gateway would not accept all of them"
}

envoy() {
	var/venv/bin/envoy --mode validate --log-level warning -c k8s/overlays/sidecar/envoy.json >/dev/null || fail "Envoy refuses the sidecar's configuration"
}

render
for check in schemas pods istio envoy_gateway envoy; do
	echo "== $check"
	"$check"
done
[ "${1:-}" = --manifests ] || K8S_VALIDATE=1 go test -count=1 -timeout 40m -v -run 'TestEnvoyGateway|TestIstio' ./e2e
