# Waiting for the parts: until they answer, and until one ends.

alive() { kill -0 "${pids[$1]:-0}" 2>/dev/null && [ -n "${pids[$1]:-}" ]; }

# status prints the HTTP status of a GET, or nothing; it takes https for the public port of a stack with TLS.
status() {
	local port=$1 path=$2 code=''
	if [ "$port:$scheme" = "$LISTEN_PORT:https" ]; then
		secure_status "https://127.0.0.1:$port$path"
		return
	fi
	{
		exec 3<>"/dev/tcp/127.0.0.1/$port" || return 0
		printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$path" "$port" >&3
		read -r -t 10 _ code _ <&3 || true
		exec 3<&- 3>&-
	} 2>/dev/null
	echo "$code"
}

secure_status() {
	"$MLFLOW_PYTHON" - "$1" "$DATA_DIR/tls/ca.pem" 2>/dev/null <<-'PYTHON' || true
		import ssl, sys, urllib.request
		context = ssl.create_default_context(cafile=sys.argv[2])
		handler = urllib.request.HTTPSHandler(context=context)
		print(urllib.request.build_opener(urllib.request.ProxyHandler({}), handler).open(sys.argv[1], timeout=10).status)
	PYTHON
}

# answers asks through Envoy for a page that everybody may see: one request that needs all three parts.
answers() {
	local path
	[ "$(status "$diagnostics_port" /readyz)" = 200 ] || return 1
	for path in "${STATIC_PREFIX:-}/health" /health; do
		[ "$(status "$LISTEN_PORT" "$path")" != 200 ] || return 0
	done
	return 1
}

wait_until_ready() {
	local deadline=$((SECONDS + ${START_TIMEOUT:-180})) part
	until answers; do
		for part in "${parts[@]}"; do
			alive "$part" || give_up "$part ended while starting" "$part"
		done
		[ $SECONDS -lt $deadline ] || give_up "no answer through Envoy after ${START_TIMEOUT:-180} s" "${parts[@]}"
		nap 0.2
	done
}

# nap waits in a way that a signal ends.
nap() {
	sleep "$1" 9>&- &
	wait $! || true
}

# give_up says what happened, with the end of the part's log, or of each part's.
give_up() {
	local part
	echo "start.sh: $1" >&2
	shift
	for part in "${@:-}"; do
		[ -z "$part" ] || { echo "--- $part.log" && tail -n 25 "$DATA_DIR/log/$part.log"; } >&2
	done
	exit 1
}

supervise() {
	local part
	while true; do
		wait -n "${pids[@]}" 2>/dev/null || true
		for part in "${parts[@]}"; do
			alive "$part" && continue
			[ "${START_SH_SUPERVISE:-1}" = 0 ] || give_up "$part ended unexpectedly" "$part"
			nap 0.2
		done
	done
}

# revive starts the dead parts again (USR1), once what is left of them, MLflow's workers say, has ended as well.
revive() {
	local part
	for part in mlflow extauthz envoy; do
		alive "$part" && continue
		kill -KILL -- "-${pids[$part]}" 2>/dev/null || true
		"start_$part"
	done
}

# stop_parts ends every group: the public side first, politely, and after ten seconds for good.
stop_parts() {
	trap - EXIT TERM INT HUP USR1
	disown -a # or bash would report each death
	local part deadline=$((SECONDS + 10))
	for part in "${parts[@]}"; do
		[ -z "${pids[$part]:-}" ] || kill -TERM -- "-${pids[$part]}" 2>/dev/null || true
	done
	while [ $SECONDS -lt $deadline ] && any_group_left; do sleep 0.1; done
	for part in "${parts[@]}"; do
		[ -z "${pids[$part]:-}" ] || kill -KILL -- "-${pids[$part]}" 2>/dev/null || true
	done
	rm -f "$DATA_DIR"/run/*.pid "$DATA_DIR/run/check.sock"
}

any_group_left() {
	local part
	for part in "${parts[@]}"; do
		[ -z "${pids[$part]:-}" ] || ! kill -0 -- "-${pids[$part]}" 2>/dev/null || return 0
	done
	return 1
}
