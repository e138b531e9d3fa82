#!/usr/bin/env bash
# Makes what checks manifests: programs in var/k8s-tools/bin and CustomResourceDefinitions in var/k8s-tools/crds, each at one version. The first
# time it takes 20 to 40 minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=$PWD/var/k8s-tools
istio=v0.0.0-20260827124520-eed52ebb66ad # of k8s/checks/go.mod as well
export GOBIN=$tools/bin GOFLAGS=-buildvcs=false CGO_ENABLED=0 GOMAXPROCS=${GOMAXPROCS:-1}

fail() {
	echo "k8s/lib/tools.sh: $*; is a Go module proxy reachable?" >&2
	exit 1
}

# compile builds with one compiler at a time: a laptop stays usable.
compile() { nice -n 19 go install -p 1 -ldflags='-s -w' "$@"; }

# install builds one program where that version of it is missing.
install() {
	local program=$1 package=$2 version=$3 stamp=$tools/$1@$3
	[ -x "$GOBIN/$program" ] && [ -e "$stamp" ] && return
	echo "k8s/lib/tools.sh: building $program $version …" >&2
	(cd "$tools" && compile "$package@$version") || fail "$program $version could not be built"
	rm -f "$tools/$program"@*
	touch "$stamp"
}

# crds copies files of a module to a directory of their own.
crds() {
	local name=$1 module=$2 version=$3 stamp=$tools/crds-$1@$3 source
	shift 3
	[ -e "$stamp" ] && return
	source=$(cd "$tools" && go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p') || fail "$module $version could not be fetched"
	[ -n "$source" ] || fail "$module $version could not be fetched"
	rm -rf "$tools/crds-$name"@* "$tools/crds/$name"
	mkdir -p "$tools/crds/$name"
	(cd "$source" && cp --no-preserve=mode $* "$tools/crds/$name/") # patterns, on purpose
	touch "$stamp"
}

# own builds the programs of this repository that need a module of their own.
own() {
	local stamp=$tools/checks.sum sum
	sum=$(cat k8s/checks/go.sum k8s/checks/*/*.go | sha256sum)
	[ -x "$GOBIN/istiod" ] && [ -x "$GOBIN/podsecurity" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return
	echo "k8s/lib/tools.sh: building k8s/checks …" >&2
	(cd k8s/checks && compile ./...) || fail "k8s/checks could not be built"
	echo "$sum" >"$stamp"
}

mkdir -p "$GOBIN"
install kustomize sigs.k8s.io/kustomize/kustomize/v5 v5.8.2
install kubectl-validate sigs.k8s.io/kubectl-validate v0.0.4
install egctl github.com/envoyproxy/gateway/cmd/egctl v1.9.1
install istioctl istio.io/istio/istioctl/cmd/istioctl "$istio"
own
crds envoy-gateway github.com/envoyproxy/gateway v1.9.1 'charts/gateway-helm/charts/crds/crds/generated/*.yaml'
crds gateway-api sigs.k8s.io/gateway-api v1.6.0 'config/crd/standard/gateway.networking.k8s.io_[a-u]*s.yaml'
crds istio istio.io/istio "$istio" manifests/charts/base/files/crd-all.gen.yaml
crds cert-manager github.com/cert-manager/cert-manager v1.21.2 'deploy/crds/cert-manager.io_*.yaml'
crds prometheus github.com/prometheus-operator/prometheus-operator v0.85.0 'example/prometheus-operator-crd/*_servicemonitors.yaml example/prometheus-operator-crd/*_prometheusrules.yaml'
crds contour github.com/projectcontour/contour v1.33.8 examples/contour/01-crds.yaml
crds traefik github.com/traefik/traefik/v3 v3.7.13 docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml
