"""What a request really did: which rows and files of MLflow changed and whose they are, and whose evidence an answer holds."""

import pathlib
import shutil
import sqlite3
from dataclasses import dataclass


# What a new row of these tables only refers to: that takes READ on it, not EDIT.
REFERENCES = {"model_versions": ("run_id", "source", "storage_location"), "logged_models": ("source_run_id",), "issues": ("source_run_id",)}

FREE = ("value", "tag_value", "schema", "profile", "inputs", "description", "source")


@dataclass(frozen=True)
class Change:
    what: str  # the row or file, for people
    owned: str  # what makes it somebody's
    refers: str = ""  # what it refers to


def gone(row):
    table, columns, values = row
    text = f"{table} {dict(zip(columns, values))}"
    return Change(text, text)


def come(row):
    """A new row quotes what it likes in a column for any text: that makes it nobody's."""
    table, columns, values = row
    row = dict(zip(columns, values))
    named = ("value",) if table == "tags" and row["key"] == "mlflow.parentRunId" else REFERENCES.get(table, ())
    if table == "label_schemas" and row["name"] == "Feedback":
        named = tuple(columns)  # MLflow 3.18 gives an experiment this one when its schemas are first listed
    if table == "entity_associations" and row["destination_type"] == "prompt_version":
        named = ("destination_id",)
    refers = {c: v for c, v in row.items() if c in named}
    owned = {c: v for c, v in row.items() if c not in named and c not in FREE}
    return Change(f"{table} {row}", str(owned), str(refers))


class Store:
    """A server's database and artifacts, as they were and as they are; every change is seen and undone."""

    def __init__(self, server, *more):
        self.db, self.artifacts, self.more = server.db, server.artifacts, more
        self.live = [sqlite3.connect(p, timeout=30, isolation_level=None) for p in (self.db, *more)]
        self.kept = [sqlite3.connect(":memory:") for _ in self.live]
        self.copy = pathlib.Path(f"{self.artifacts}.kept")

    def adopt(self, other):
        """Take over another server's database and artifacts."""
        other.live[0].backup(self.live[0])
        shutil.rmtree(self.artifacts, ignore_errors=True)
        shutil.copytree(other.artifacts, self.artifacts, dirs_exist_ok=True)

    def keep(self):
        for live, kept in zip(self.live, self.kept):
            live.backup(kept)
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.artifacts, self.copy)
        self.rows, self.files = self.read_rows(), self.read_files()
        self.versions = self.read_versions()

    def read_versions(self):
        return [c.execute("PRAGMA data_version").fetchone()[0] for c in self.live]

    def read_rows(self):
        live = self.live[0]
        live.execute("BEGIN")
        tables = [name for (name,) in live.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        rows = set()
        for t in tables:
            found = live.execute(f'SELECT * FROM "{t}"')
            columns = tuple(c[0] for c in found.description)
            rows |= {(t, columns, row) for row in found}
        live.execute("COMMIT")
        return rows

    def read_files(self):
        return {str(p.relative_to(self.artifacts)): (p.stat().st_size, p.stat().st_mtime_ns) for p in self.artifacts.rglob("*") if p.is_file()}

    def changes(self, look_at_files):
        """The rows and files that came or went; what they were before is restored. Empty for most requests, and cheap."""
        changed = []
        versions = self.read_versions()
        if versions != self.versions:
            if versions[0] != self.versions[0]:
                now = self.read_rows()
                changed += [*map(gone, self.rows - now), *map(come, now - self.rows)]
            for kept, live in zip(self.kept, self.live):
                kept.backup(live)
            self.versions = self.read_versions()
        if look_at_files and (files := self.read_files()) != self.files:
            changed += [Change(f"file {name}", name.split("/")[0]) for name, _ in self.files.items() ^ files.items()]
            shutil.rmtree(self.artifacts)
            shutil.copytree(self.copy, self.artifacts)
            self.files = self.read_files()
        return changed
