# How each part is started.

# launch runs a part in the background, in its own process group, and notes its pid.
launch() {
	local part=$1
	shift
	"$@" </dev/null >>"$DATA_DIR/log/$part.log" 2>&1 9>&- &
	pids[$part]=$!
	echo $! >"$DATA_DIR/run/$part.pid"
}

# start_mlflow starts MLflow without anything that has to do with authentication: it has no part in it.
start_mlflow() {
	local args=()
	mapfile -d '' args <"$DATA_DIR/run/mlflow.args"
	has_option --backend-store-uri "${args[@]}" || [ -n "${MLFLOW_BACKEND_STORE_URI:-}" ] ||
		args+=(--backend-store-uri "sqlite:///$DATA_DIR/mlflow/mlflow.db")
	has_option --artifacts-destination "${args[@]}" || [ -n "${MLFLOW_ARTIFACTS_DESTINATION:-}" ] ||
		args+=(--artifacts-destination "$DATA_DIR/mlflow/artifacts")
	[ -z "${STATIC_PREFIX:-}" ] || has_option --static-prefix "${args[@]}" || args+=(--static-prefix "$STATIC_PREFIX")
	launch mlflow run_mlflow --host 127.0.0.1 --port "$mlflow_port" "${args[@]}"
}

has_option() {
	local option=$1 arg
	shift
	for arg; do
		case $arg in "$option" | "$option"=*) return 0 ;; esac
	done
	return 1
}

run_mlflow() {
	local name
	for name in $(compgen -e); do
		case $name in
		MLFLOW_AUTH_* | MLFLOW_FLASK_SERVER_SECRET_KEY | MLFLOW_TRACKING_* | EXTAUTHZ* | ADMIN_* | AUTH_INI | SECRET_KEY | TLS) unset "$name" ;;
		esac
	done
	export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true
	if is_true "${WORKSPACES:-}"; then export MLFLOW_ENABLE_WORKSPACES=true; fi
	PATH=$(dirname "$(command -v "$MLFLOW_PYTHON")"):$PATH # MLflow 2 starts gunicorn by name
	cd "$DATA_DIR/mlflow"
	exec "$MLFLOW_PYTHON" -m mlflow server "$@"
}

start_extauthz() {
	local args=(--store "$store" --init --grpc-listen "$check_target" --admin-listen "127.0.0.1:$admin_port")
	args+=(--diagnostics-listen "127.0.0.1:$diagnostics_port" --mlflow-url "http://127.0.0.1:$mlflow_port")
	[ -z "${STATIC_PREFIX:-}" ] || args+=(--static-prefix "$STATIC_PREFIX")
	[ -z "${DEFAULT_PERMISSION:-}" ] || args+=(--default-permission "$DEFAULT_PERMISSION")
	[ -z "${AUTH_INI:-}" ] || args+=(--auth-config "$AUTH_INI")
	# MLflow's documented password is for harnesses that compare with MLflow; nothing else may switch this on.
	[ "${ADMIN_PASSWORD:-}" != password1234 ] && [ -z "${AUTH_INI:-}" ] || args+=(--allow-default-password)
	! is_true "${WORKSPACES:-}" || args+=(--workspaces)
	! is_true "${GRANT_DEFAULT_WORKSPACE_ACCESS:-}" || args+=(--grant-default-workspace-access)
	if [ "$scheme" = https ]; then
		local tls=$DATA_DIR/tls
		args+=(--grpc-tls-cert "$tls/service.pem" --grpc-tls-key "$tls/service.key" --grpc-client-ca "$tls/internal-ca.pem")
		args+=(--admin-tls-cert "$tls/service.pem" --admin-tls-key "$tls/service.key" --admin-client-ca "$tls/internal-ca.pem")
		args+=(--grpc-client-names spiffe://mlflow.local/envoy)
		[ -n "${EXTAUTHZ_CONFIG:-}" ] || args+=(--config "$root/e2e/certificates/extauthz.yaml")
	fi
	rm -f "${check_target#unix://}"
	launch extauthz run_extauthz "${args[@]}"
}

run_extauthz() {
	local pair
	unset MLFLOW_AUTH_CONFIG_PATH # AUTH_INI is what counts here
	for pair in MLFLOW_AUTH_ADMIN_USERNAME=ADMIN_USERNAME MLFLOW_AUTH_ADMIN_PASSWORD=ADMIN_PASSWORD MLFLOW_FLASK_SERVER_SECRET_KEY=SECRET_KEY; do
		local to=${pair%=*} from=${pair#*=}
		unset "$to"
		if [ -n "${!from:-}" ]; then export "$to=${!from}"; fi
		unset "$from"
	done
	exec "$extauthz" serve "$@"
}

start_envoy() {
	launch envoy run_envoy --config-path "$DATA_DIR/envoy.json" --concurrency 2 --disable-hot-restart --log-level warning
}

run_envoy() {
	unset ADMIN_PASSWORD SECRET_KEY MLFLOW_AUTH_ADMIN_PASSWORD MLFLOW_FLASK_SERVER_SECRET_KEY
	exec "$envoy" "$@"
}
