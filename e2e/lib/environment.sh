# What start.sh is told, checked before anything starts.

check_environment() {
	local name
	for name in MLFLOW_PYTHON LISTEN_PORT FREE_PORTS DATA_DIR; do
		[ -n "${!name:-}" ] || fail "$name is not set; the head of e2e/start.sh says what it means"
	done
	command -v "$MLFLOW_PYTHON" >/dev/null || fail "MLFLOW_PYTHON: no such program: $MLFLOW_PYTHON"
	for name in WORKSPACES GRANT_DEFAULT_WORKSPACE_ACCESS TLS; do
		case "${!name:-}" in true | True | TRUE | 1 | false | False | FALSE | 0 | '') ;; *) fail "$name must be true or false, not ${!name}" ;; esac
	done
	[ -z "${AUTH_INI:-}" ] || [ -r "$AUTH_INI" ] || fail "AUTH_INI: cannot read $AUTH_INI"
	mkdir -p "$DATA_DIR"/{run,log,store,mlflow}
	DATA_DIR=$(cd "$DATA_DIR" && pwd)
	store=$DATA_DIR/store/extauthz.db
	scheme=http
	! is_true "${TLS:-}" || scheme=https
	[ -z "${AUTH_INI:-}" ] || AUTH_INI=$(realpath "$AUTH_INI")
	[ -e "$store" ] || [ -n "${AUTH_INI:-}" ] || { [ -n "${ADMIN_USERNAME:-}" ] && [ -n "${ADMIN_PASSWORD:-}" ]; } ||
		fail "the store is new: set ADMIN_USERNAME and ADMIN_PASSWORD, or AUTH_INI, for its first admin"
}

is_true() { case "${1:-}" in true | True | TRUE | 1) return 0 ;; *) return 1 ;; esac; }

# choose_ports takes the first of FREE_PORTS that really are free. The check travels through a unix socket; through one more port with TLS, or
# where the path would be longer than the kernel takes.
choose_ports() {
	local needed=3 free
	check_target=unix://$DATA_DIR/run/check.sock
	[ ${#check_target} -le 105 ] && [ "$scheme" = http ] || needed=4
	port_is_free "$LISTEN_PORT" || fail "LISTEN_PORT: port $LISTEN_PORT is in use; choose another"
	read -ra free <<<"$(only_free $FREE_PORTS)"
	[ ${#free[@]} -ge $needed ] ||
		fail "FREE_PORTS: $needed free ports are needed, of \"$FREE_PORTS\" these are free: \"${free[*]}\""
	mlflow_port=${free[0]} admin_port=${free[1]} diagnostics_port=${free[2]}
	[ $needed = 3 ] || check_target=127.0.0.1:${free[3]}
	printf '%s\n' "mlflow=127.0.0.1:$mlflow_port" "admin=127.0.0.1:$admin_port" "diagnostics=127.0.0.1:$diagnostics_port" \
		"check=$check_target" >"$DATA_DIR/run/addresses"
}

port_is_free() { [ -n "$(only_free "$1")" ]; }

# only_free prints those of its arguments that nobody listens on.
only_free() {
	"$MLFLOW_PYTHON" - "$LISTEN_PORT" "$@" <<-'PYTHON'
		import socket, sys
		public, free = sys.argv[1], []
		for port in dict.fromkeys(sys.argv[2:]):
		    with socket.socket() as s:
		        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		        try:
		            s.bind(("127.0.0.1", int(port)))
		            if port != public or len(sys.argv) == 3:
		                free.append(port)
		        except (OverflowError, ValueError):
		            sys.exit(f"start.sh: not a port: {port}")
		        except OSError:
		            pass
		print(*free)
	PYTHON
}

# prepare finds the service and Envoy, and makes them where they are missing.
prepare() {
	extauthz=${EXTAUTHZ:-$root/bin/extauthz}
	envoy=${ENVOY:-$root/var/venv/bin/envoy}
	[ -x "$extauthz" ] || make -s -C "$root" build >&2
	[ -x "$envoy" ] || make -s -C "$root" venv >&2
	local tls_args=()
	[ "$scheme" = http ] || make_certificates
	"$extauthz" envoy-config --listen "127.0.0.1:$LISTEN_PORT" --mlflow "127.0.0.1:$mlflow_port" --check "$check_target" \
		--auth-api "127.0.0.1:$admin_port" ${STATIC_PREFIX:+--static-prefix "$STATIC_PREFIX"} ${tls_args[@]+"${tls_args[@]}"} >"$DATA_DIR/envoy.json"
	split_arguments
}

# make_certificates keeps the authorities of an earlier start and makes everything else anew. It sets tls_args for envoy-config.
make_certificates() {
	local tls=$DATA_DIR/tls
	(cd "$root" && ${GO:-go} run ./e2e/certificates "$tls" "${ADMIN_USERNAME:-admin}") || fail "TLS: the certificates could not be made"
	tls_args=(--tls-cert "$tls/server.pem" --tls-key "$tls/server.key" --client-ca "$tls/ca.pem" --secrets-dir "$tls/secrets"
		--service-ca "$tls/internal-ca.pem" --service-name spiffe://mlflow.local/extauthz --service-cert "$tls/envoy.pem" --service-key "$tls/envoy.key")
}

# lock_data keeps a second stack off the same data. The lock ends with this process, however that ends; the parts don't inherit it.
lock_data() {
	exec 9>"$DATA_DIR/lock"
	"$MLFLOW_PYTHON" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null ||
		fail "a stack already runs on $DATA_DIR; stop it first"
	rm -f "$DATA_DIR"/run/*
	echo $$ >"$DATA_DIR/run/start.pid"
}

# split_arguments takes the quotes off MLFLOW_ARGS as a shell would, without running what it says.
split_arguments() {
	"$MLFLOW_PYTHON" -c '
import shlex, sys
sys.stdout.write("".join(a + "\0" for a in shlex.split(sys.argv[1])))' "${MLFLOW_ARGS:-}" >"$DATA_DIR/run/mlflow.args" 2>/dev/null ||
		fail "MLFLOW_ARGS: unbalanced quotes: $MLFLOW_ARGS"
}
