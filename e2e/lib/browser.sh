#!/usr/bin/env bash
# Makes sure that there is a Chromium with its driver for the browser tests, from Debian's packages where it may install them.
set -euo pipefail
have() { command -v chromium >/dev/null && command -v chromedriver >/dev/null; }
have && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
	echo "installing chromium and chromium-driver …" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null
fi
have || {
	echo "make: the browser tests need chromium and chromedriver on the PATH (Debian: apt-get install chromium chromium-driver)" >&2
	exit 1
}
