#!/usr/bin/env bash
# Makes sure that there are nginx with its Lua module, and Caddy, for the tests of proxies that ask over HTTP, from Debian's packages where it may
# install them. None of them is started: the tests run their own.
set -euo pipefail
lua=/usr/lib/nginx/modules/ngx_http_lua_module.so
have() { PATH=$PATH:/usr/sbin && command -v nginx >/dev/null && command -v caddy >/dev/null && [ -e $lua ]; }
have && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
	echo "installing nginx-light, libnginx-mod-http-lua and caddy …" >&2
	export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 # they do not begin to serve by themselves
	apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends nginx-light libnginx-mod-http-lua caddy >/dev/null
fi
have || {
	echo "make: the ingress tests need nginx, its Lua module and caddy (Debian: apt-get install nginx-light libnginx-mod-http-lua caddy)" >&2
	exit 1
}
