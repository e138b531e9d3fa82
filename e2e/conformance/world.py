"""One release, two servers with the same data, the users and their grants."""

import concurrent.futures
import contextlib
import pathlib
import random
import sqlite3
import tempfile

from oracle import Store
from routes import served
from servers import BasicAuth, Ours
from tenants import Evidence, add_users, give_all, seed

CHEAP = "pbkdf2:sha256:1$salt$"  # scrypt, 60 ms a request, is not what is measured here


class World:
    def __init__(self, release, default, number, folder):
        self.release, self.default = release, default
        self.routes = served(release)
        self.evidence = Evidence(random.Random(number))
        self.ours, self.theirs = Ours(release, folder, default), BasicAuth(release, folder, default)
        self.pool = concurrent.futures.ThreadPoolExecutor(1)
        self.notes = []
        self.tenants = {}

    def fill(self):
        self.ours.wait()
        for tenant, first in (("A", 310_000), ("B", 870_000)):
            first += self.evidence.rng.randrange(90_000)
            self.tenants[tenant], problems = seed(tenant, first, self.routes, self.ours.plain, self.ours.db, self.evidence)
            self.notes += [f"not seeded: {p}" for p in problems]
        self.theirs.wait()
        self.ours_store, self.theirs_store = Store(self.ours), Store(self.theirs, self.theirs.users)
        self.theirs_store.adopt(self.ours_store)
        add_users(self.ours.server)
        add_users(self.theirs.server)
        cheapen(self.theirs.users)
        newer = tuple(map(int, self.release.split("."))) >= (3, 13)
        self.notes += [f"not granted by basic-auth: {n}" for n in give_all(self.theirs.server, self.tenants, ["new" if newer else "old"]) if newer]
        self.notes += [f"not granted by us: {n}" for n in self.regrant()]
        self.ours_store.keep()
        self.theirs_store.keep()

    def regrant(self):
        return give_all(self.ours.server, self.tenants, ["old", "new"])

    def stop(self):
        self.ours.stop()
        self.theirs.stop()


def cheapen(users):
    from werkzeug.security import generate_password_hash

    from tenants import USERS, credentials

    with sqlite3.connect(users, timeout=30) as c:
        for user in (*USERS, "admin"):
            name, password = credentials(user).split(":", 1)
            c.execute("UPDATE users SET password_hash = ? WHERE username = ?", (generate_password_hash(password, CHEAP.split("$")[0]), name))


@contextlib.contextmanager
def world(release, default, number):
    shm = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="conformance", dir=shm if shm.is_dir() else None) as folder:
        w = World(release, default, number, pathlib.Path(folder))
        try:
            w.fill()
            yield w
        finally:
            w.stop()
