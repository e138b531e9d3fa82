#!/usr/bin/env bash
# Makes the tools that check manifests, in var/k8s-tools/bin, each at one version. The first time it takes 20 to 40 minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=$PWD/var/k8s-tools
export GOBIN=$tools/bin GOFLAGS=-buildvcs=false CGO_ENABLED=0

# install builds one program where that version of it is missing, with one compiler at a time: a laptop stays usable.
install() {
	local program=$1 package=$2 version=$3 stamp=$tools/$1@$3
	[ -x "$GOBIN/$program" ] && [ -e "$stamp" ] && return
	echo "k8s/lib/tools.sh: building $program $version …" >&2
	(cd "$tools" && GOMAXPROCS=${GOMAXPROCS:-1} nice -n 19 go install -p 1 -ldflags='-s -w' "$package@$version") ||
		{ echo "k8s/lib/tools.sh: $program $version could not be built; is a Go module proxy reachable?" >&2; exit 1; }
	rm -f "$tools/$program"@*
	touch "$stamp"
}

mkdir -p "$GOBIN"
install kustomize sigs.k8s.io/kustomize/kustomize/v5 v5.8.2
install kubectl-validate sigs.k8s.io/kubectl-validate v0.0.4
install egctl github.com/envoyproxy/gateway/cmd/egctl v1.9.1
install istioctl istio.io/istio/istioctl/cmd/istioctl v0.0.0-20260827124520-eed52ebb66ad
