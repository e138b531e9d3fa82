#!/usr/bin/env bash
# Makes var/venv (MLflow, its client and Envoy, all pinned) and, with "overlay", var/mlflow-2.22.5, an older MLflow on the same
# dependencies, var/selenium for the browser tests, var/sigv4 for signed requests, var/kubernetes for the tokens of clusters and
# var/schemathesis; with "release X", var/mlflow-X for any X of e2e/releases; with "databases", var/databases for MLflow on PostgreSQL and
# MySQL. Does nothing when they are there and their requirements have not changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

fail() {
	echo "make: $*" >&2
	exit 1
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
	fail "Python 3.11 or newer is needed, as python3 on the PATH"

# fresh TARGET REQUIREMENTS succeeds when TARGET was made from what REQUIREMENTS says now.
fresh() { cmp -s "$2" "$1/.requirements"; }

install() {
	local target=$1 requirements=$2
	shift 2
	echo "fetching $requirements into $target …" >&2
	"$@" -r "$requirements" >&2 || fail "pip could not install $requirements: is a Python package index reachable?"
	cp "$requirements" "$target/.requirements"
}

# environment TARGET REQUIREMENTS makes a virtual environment.
environment() {
	fresh "$1" "$2" && return
	python3 -m venv --clear "$1" || fail "python3 cannot make a virtual environment: install its venv module"
	install "$1" "$2" "$1/bin/pip" install --quiet
}

mkdir -p var
environment var/venv e2e/requirements.txt
# overlay TARGET REQUIREMENTS installs beside the environment what must not be in it.
overlay() {
	fresh "$1" "$2" && return
	rm -rf "$1"
	install "$1" "$2" var/venv/bin/pip install --quiet --no-deps --target "$1"
}

case "${1:-}" in
overlay)
	overlay var/mlflow-2.22.5 e2e/releases/2.22.5.txt
	overlay var/selenium e2e/requirements-browser.txt
	overlay var/sigv4 e2e/requirements-sigv4.txt
	overlay var/kubernetes e2e/requirements-kubernetes.txt
	environment var/schemathesis e2e/requirements-schemathesis.txt
	;;
release)
	grep -qx "mlflow==$2" e2e/requirements.txt && exit # var/venv is that release
	[ -f "e2e/releases/$2.txt" ] || fail "e2e/releases/$2.txt is missing: it pins MLflow $2 and what that wants older than requirements.txt"
	overlay "var/mlflow-$2" "e2e/releases/$2.txt"
	;;
inventory) overlay var/exporter e2e/requirements-exporter.txt ;;
databases) overlay var/databases e2e/requirements-databases.txt ;;
esac
