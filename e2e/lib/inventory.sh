#!/usr/bin/env bash
# inventory.sh [RELEASE] writes what that MLflow, or each supported one, serves to authz/mlflow/testdata/inventory/RELEASE.tsv, and what
# all of them say together to authz/mlflow/schema/messages.txt and served.txt. See schema/inventory.py and merge.py.
#
# To support another release: write e2e/releases/RELEASE.txt, run this for it, and do what the tests of authz/mlflow then ask for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

supported() { sed -n 's/^mlflow==//p' e2e/requirements.txt e2e/releases/*.txt; }

schema=authz/mlflow/schema
inventories=authz/mlflow/testdata/inventory
mkdir -p "$inventories"
e2e/lib/venv.sh inventory
for release in ${1:-$(supported)}; do
	e2e/lib/venv.sh release "$release"
	# A folder that is not there (var/mlflow-3.17.2: that is var/venv itself) changes nothing.
	PYTHONPATH=var/mlflow-$release:var/exporter var/venv/bin/python -W ignore "$schema/inventory.py" "$release" >var/inventory.tsv
	mv var/inventory.tsv "$inventories/$release.tsv"
done
for merged in messages served; do
	python3 "$schema/merge.py" "$merged" "$inventories"/*.tsv >"var/$merged.txt"
	mv "var/$merged.txt" "$schema/$merged.txt"
done
