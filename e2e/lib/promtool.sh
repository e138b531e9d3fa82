#!/usr/bin/env bash
# Makes sure that there is a promtool for the tests of alert rules: the one on the PATH, or var/prometheus/promtool from Debian's package,
# which is unpacked and not installed, so that no Prometheus is started.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
have() { command -v promtool >/dev/null || [ -x var/prometheus/promtool ]; }
have && exit 0
if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
	echo "fetching promtool …" >&2
	temp=$(mktemp -d)
	trap 'rm -rf "$temp"' EXIT
	[ "$(id -u)" != 0 ] || apt-get update -qq >&2
	if (cd "$temp" && apt-get -o APT::Sandbox::User=root download -qq prometheus >&2) && dpkg-deb -x "$temp"/prometheus_*.deb "$temp"; then
		mkdir -p var/prometheus
		mv "$temp/usr/bin/promtool" var/prometheus/promtool
	fi
fi
have || {
	echo "make: the tests of alert rules need promtool on the PATH (Debian: apt-get install prometheus)" >&2
	exit 1
}
