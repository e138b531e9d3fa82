#!/usr/bin/env bash
# Starts one stack in the foreground: a plain `mlflow server`, extauthz, and Envoy in front of both. It ends on TERM with all of them, and
# when one of them ends. Started again on the same DATA_DIR, it finds the same users, grants and experiments.
#
#   MLFLOW_PYTHON   a Python that has MLflow, of any version                                        required
#   LISTEN_PORT     Envoy's public port on 127.0.0.1                                                required
#   FREE_PORTS      ports to use inside, space-separated; at least three, four with TLS             required
#   DATA_DIR        where all state goes; empty at first                                            required
#   ADMIN_USERNAME  ADMIN_PASSWORD   the first admin; password1234 is usable at once here           required the first time, unless AUTH_INI
#   AUTH_INI        a basic_auth.ini to honour
#   MLFLOW_ARGS     shell-quoted arguments for `mlflow server`, without host and port; stores default to DATA_DIR
#   TLS=true        https with a local authority (DATA_DIR/tls/ca.pem), users' certificates as credentials, mTLS between Envoy and extauthz;
#                   DATA_DIR/tls/users/ADMIN_USERNAME.pem is the admin's. `go run ./e2e/certificates DATA_DIR/tls alice` makes alice's
#   DEFAULT_PERMISSION   GRANT_DEFAULT_WORKSPACE_ACCESS   WORKSPACES   STATIC_PREFIX   SECRET_KEY   as MLflow's basic-auth knows them
#
# For tests: START_SH_SUPERVISE=0 keeps the stack up when a part dies, and USR1 starts the parts that are dead. DATA_DIR/run has a pid
# file for each part and their addresses, DATA_DIR/log their logs. START_TIMEOUT is how many seconds the whole may take to answer (180). EXTAUTHZ and ENVOY name
# other binaries than bin/extauthz and the pinned Envoy.
#
# Passwords travel in the environment of the one process that needs them, never on a command line.
set -euo pipefail
set -m # every part leads a process group of its own, so that its children end with it
umask 077

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
parts=(envoy extauthz mlflow) # in the order in which they stop
declare -A pids=()

fail() {
	echo "start.sh: $*" >&2
	exit 1
}

# shellcheck source=e2e/lib/environment.sh
source "$root/e2e/lib/environment.sh"
# shellcheck source=e2e/lib/parts.sh
source "$root/e2e/lib/parts.sh"
# shellcheck source=e2e/lib/supervise.sh
source "$root/e2e/lib/supervise.sh"

check_environment
lock_data
choose_ports
prepare

trap 'stop_parts; exit 0' TERM INT HUP
trap revive USR1
trap stop_parts EXIT

start_mlflow
start_extauthz
start_envoy
wait_until_ready
echo "ready $scheme://127.0.0.1:$LISTEN_PORT"
supervise
