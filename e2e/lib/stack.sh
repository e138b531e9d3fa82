#!/usr/bin/env bash
# `make up` and `make down`: one stack in the background, with its state in var/stack.
#
#   PORT             Envoy's public port on 127.0.0.1 (5000)
#   ADMIN_USERNAME   the first admin's name (admin); its password is generated into var/stack/admin-password, once
#   TLS=1            https with a local authority, certificates as credentials, mTLS between Envoy and extauthz
#   MLFLOW_ARGS, DEFAULT_PERMISSION, STATIC_PREFIX and the others of e2e/start.sh are passed on
set -euo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
state=$root/var/stack
data=$state/data
python=$root/var/venv/bin/python

fail() {
	echo "make: $*" >&2
	exit 1
}

# running asks the lock that e2e/start.sh holds for as long as it lives.
running() {
	[ -e "$data/lock" ] && ! python3 -c '
import fcntl, sys
fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)' "$data/lock" 2>/dev/null
}

# first_password generates the first admin's password, before there is a store and never again.
first_password() {
	[ -e "$data/store/extauthz.db" ] || [ -s "$state/admin-password" ] ||
		python3 -c 'import secrets; print(secrets.token_urlsafe(24))' >"$state/admin-password"
	ADMIN_PASSWORD=$(cat "$state/admin-password" 2>/dev/null || true)
	export ADMIN_PASSWORD ADMIN_USERNAME=${ADMIN_USERNAME:-admin}
}

free_ports() {
	python3 -c '
import socket
sockets = [socket.socket() for _ in range(4)]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))'
}

start() {
	: >"$state/start.out" # an older one says that it is ready
	MLFLOW_PYTHON=$python LISTEN_PORT=${PORT:-5000} FREE_PORTS=$(free_ports) DATA_DIR=$data \
		$(command -v setsid || true) nohup "$root/e2e/start.sh" </dev/null >"$state/start.out" 2>"$state/start.err" &
	echo "starting MLflow, extauthz and Envoy …"
	until grep -q '^ready ' "$state/start.out"; do
		kill -0 $! 2>/dev/null || fail "$(grep -v 'nohup: ignoring' "$state/start.err")"
		sleep 0.2
	done
	grep '^ready ' "$state/start.out" | cut -d' ' -f2 >"$state/url"
}

tell() {
	local url
	url=$(cat "$state/url" 2>/dev/null || echo 'still starting')
	local password="in var/stack/admin-password"
	[ -e "$state/admin-password" ] || password="not kept here (var/stack/admin-password is gone)"
	cat <<-END
		  URL        $url
		  admin      ${ADMIN_USERNAME:-admin}
		  password   $password
		  logs       var/stack/data/log
	END
	case $url in https:*) tell_tls "$url" ;; esac
}

tell_tls() {
	cat <<-END
		as the admin, by certificate:
		  export MLFLOW_TRACKING_URI=$1
		  export MLFLOW_TRACKING_SERVER_CERT_PATH=$data/tls/ca.pem
		  export MLFLOW_TRACKING_CLIENT_CERT_PATH=$data/tls/users/${ADMIN_USERNAME:-admin}.pem
		  curl --cacert \$MLFLOW_TRACKING_SERVER_CERT_PATH --cert \$MLFLOW_TRACKING_CLIENT_CERT_PATH $1/api/2.0/mlflow/users/current
		for alice, once there is such a user: ${GO:-go} run ./e2e/certificates var/stack/data/tls alice, then users/alice.pem
	END
}

up() {
	mkdir -p "$state"
	if running; then
		echo "already up:"
		tell
		return
	fi
	first_password
	start
	echo "up:"
	tell
}

down() {
	running || { echo "not up" && return; }
	kill -TERM "$(cat "$data/run/start.pid")"
	for _ in $(seq 200); do
		running || { echo "down; users, grants and experiments stay in var/stack" && return; }
		sleep 0.1
	done
	fail "the stack does not end; see $data/log"
}

case ${1:-} in
up) up ;;
down) down ;;
*) fail "usage: e2e/lib/stack.sh up|down" ;;
esac
