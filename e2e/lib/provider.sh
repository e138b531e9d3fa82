#!/usr/bin/env bash
# Makes var/oidc-provider, the OpenID provider of the tests of single sign-on, from the module e2e/oidc and what its go.sum pins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../oidc"
CGO_ENABLED=0 "${GO:-go}" build -trimpath -o ../../var/oidc-provider . || {
	echo "make: the OpenID provider of the tests could not be built: is a Go module proxy reachable?" >&2
	exit 1
}
