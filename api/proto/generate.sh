#!/bin/sh
# Generates auth.pb.go and auth_grpc.pb.go from auth.proto. With --check it changes nothing, and fails when they are stale.
#
# The Go plugins are tool dependencies of go.mod. protoc comes with grpcio-tools from PyPI: of the Python that $PROTOC_PYTHON names, or
# of a virtual environment that this script makes below var/.
set -eu

GRPCIO_TOOLS=1.85.1

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python() {
	if [ -n "${PROTOC_PYTHON:-}" ]; then
		"$PROTOC_PYTHON" "$@"
		return
	fi
	venv=$root/var/protoc-$GRPCIO_TOOLS
	if [ ! -e "$venv/ready" ]; then
		rm -rf "$venv"
		python3 -m venv "$venv"
		"$venv/bin/pip" --quiet install "grpcio-tools==$GRPCIO_TOOLS"
		touch "$venv/ready"
	fi
	"$venv/bin/python" "$@"
}

go build -o "$work/" google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
mkdir "$work/out"
# The name extauthz/v1/auth.proto is registered in the process; plain "auth.proto" is etcd's.
python -m grpc_tools.protoc --proto_path=extauthz/v1=api/proto \
	--plugin="$work/protoc-gen-go" --plugin="$work/protoc-gen-go-grpc" \
	--go_out="$work/out" --go_opt=paths=source_relative \
	--go-grpc_out="$work/out" --go-grpc_opt=paths=source_relative \
	extauthz/v1/auth.proto
out=$work/out/extauthz/v1

if [ "${1:-}" = --check ]; then
	for f in auth.pb.go auth_grpc.pb.go; do
		if ! diff -q "$out/$f" "api/proto/$f" >/dev/null; then
			echo "api/proto/$f is stale: run api/proto/generate.sh" >&2
			exit 1
		fi
	done
	exit 0
fi
cp "$out"/*.go api/proto/
