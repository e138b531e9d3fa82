#!/usr/bin/env bash
# Makes sure that there are the programs of PostgreSQL and MariaDB, from Debian's packages where it may install them, for the tests that import
# from such databases. Nothing of them is started here, and no cluster is made.
set -euo pipefail
PATH=$PATH:/usr/sbin:$(echo /usr/lib/postgresql/*/bin | tr ' ' :)
have() {
	local program
	for program in initdb postgres mariadbd mariadb-install-db my_print_defaults; do command -v $program >/dev/null || return 1; done
}
have && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
	echo "installing PostgreSQL and MariaDB …" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq >&2
	apt-get install -y -qq --no-install-recommends mariadb-server-core mariadb-client-core >/dev/null # without the service
	if ! command -v initdb >/dev/null; then
		apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
		echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
		apt-get install -y -qq --no-install-recommends postgresql >/dev/null
	fi
fi
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' :)
have || {
	echo "make: these tests need PostgreSQL's and MariaDB's servers (Debian: apt-get install postgresql mariadb-server-core mariadb-client-core)" >&2
	exit 1
}
