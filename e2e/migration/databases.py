"""Imports from PostgreSQL and MariaDB: real servers of two generations keep their users there, and what is planned has to be what is planned for
their SQLite databases, which tell the same story.

    var/venv/bin/python e2e/migration/databases.py [RELEASE ...]
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import story
from server import BasicAuth
from servers import HARD, PASSWORD, ROOT, MariaDB, Postgres

RELEASES = ("2.22.5", "3.17.2")
ONLY = os.environ.get("ONLY")  # postgresql or mysql


def extauthz(*arguments, **env):
    return subprocess.run([ROOT / "bin/extauthz", "import", *arguments], env=os.environ | env, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def plan(*arguments, **env):
    done = extauthz(*arguments, "--dry-run", "-o", "json", "--store", "/nowhere/s.db", **env)
    assert done.returncode == 0, done.stderr
    for secret in (PASSWORD, HARD, urllib.parse.quote(HARD, safe="")):
        assert secret not in done.stdout + done.stderr, "the database's password is shown"
    found = json.loads(done.stdout)["plan"]
    return found.pop("source")["revision"], found


def check(database, release, folder):
    name = "auth_" + release.replace(".", "_")
    database.create(name)
    work = folder / f"{database.name}-{name}"
    work.mkdir()
    with BasicAuth(release, work, database=database.url(password=PASSWORD, database=name, driver=database.driver)) as server:
        story.tell(server)
    want = json.loads((ROOT / f"internal/migrate/testdata/{release}.plan.json").read_text())
    want = (want.pop("source")["revision"], want)
    got, want = unhashed(plan("--from", database.url(database=name), EXTAUTHZ_FROM_PASSWORD=PASSWORD)), unhashed(want)
    if server.folds:
        want[1]["findings"] = [f for f in want[1]["findings"] if f["what"] != 'user "Alice"']
    assert got == want, differences(got, want)
    secret = folder / f"{database.name}-{release}"
    secret.write_text(PASSWORD + "\n")
    assert plan("--from", database.url(database=name, driver=database.driver), "--from-password-file", str(secret))[0] == got[0]
    return name, got


def unhashed(plan):
    """The golden plans are made without hashing, and so without knowing who has a password that everybody knows."""
    revision, found = plan
    for user in found["users"]:
        user.pop("must_change_password")
    found["findings"] = [f for f in found["findings"] if "password" not in f["why"]]
    return revision, found


def differences(got, want):
    return "\n".join(line for a, b in ((got, want), (want, got)) for line in sorted(set(lines(a)) - set(lines(b)))) or "an order"


def lines(plan):
    return [f"{kind} {json.dumps(row, sort_keys=True)}" for kind, rows in plan[1].items() if isinstance(rows, list) for row in rows]


def whole(database, name, got, folder):
    """Somebody who may only read imports into a new store; the second time there is nothing to do; errors show no password."""
    database.reader(name)
    url = database.url("reader", urllib.parse.quote(HARD, safe=""), name)
    store = folder / f"{database.name}.store"
    subprocess.run([ROOT / "bin/extauthz", "init", "--store", store], check=True, capture_output=True)
    first = extauthz("--from", url, "--store", str(store), "--yes", "-o", "json")
    assert first.returncode == 0, first.stderr
    again = json.loads(extauthz("--from", url, "--store", str(store), "--yes", "-o", "json").stdout)
    assert json.loads(first.stdout)["applied"] and not again["applied"] and again["digest"] == json.loads(first.stdout)["digest"], again
    for wrong in (url.replace("reader:", "nobody:"), url.replace(f"/{name}", "/missing"), url.replace(str(database.port), "1")):
        done = extauthz("--from", wrong, "--store", str(store), "--dry-run")
        assert done.returncode == 1 and HARD not in done.stderr and urllib.parse.quote(HARD, safe="") not in done.stderr, done
        print("  refused:", done.stderr.strip()[:160])


def main(releases):
    with tempfile.TemporaryDirectory(prefix="migration") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o711)  # the servers are another user
        for kind in [k for k in (Postgres, MariaDB) if not ONLY or k.name == ONLY]:
            with kind(folder) as database:
                for release in releases or RELEASES:
                    name, got = check(database, release, folder)
                    print(f"{database.name}: MLflow {release}: {len(got[1]['users'])} users, {len(got[1]['grants'])} permissions, as from SQLite")
                whole(database, name, got, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
