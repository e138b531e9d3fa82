"""Where we answer otherwise than MLflow's basic-auth on purpose, and why: differences.tsv, one class of difference a line.

Columns: releases, operation, level, about, case, ours, theirs, reason. level is what the user holds on what the request is about: admin,
MANAGE, EDIT, READ, NO_PERMISSIONS, or nobody without credentials; about is known, unknown or malformed; case is plain or the name of a
mutation. The first seven are patterns as in the shell, "|" separates
alternatives, and "!" before all of it means anything else. The first line that fits a difference explains it.
"""

import collections
import fnmatch
import pathlib

FILE = pathlib.Path(__file__).parent / "differences.tsv"
COLUMNS = 7


def known():
    lines = [line.split("\t") for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        assert len(line) == COLUMNS + 1, f"{FILE.name}: not {COLUMNS + 1} columns: {line}"
    return lines


def fits(pattern, value):
    if pattern.startswith("!"):
        return not fits(pattern[1:], value)
    return any(fnmatch.fnmatchcase(value, p) for p in pattern.split("|"))


class Differences:
    def __init__(self):
        self.lines, self.named, self.unnamed = known(), collections.Counter(), {}

    def add(self, release, shot, level, ours, theirs, example):
        """Note one; returns whether it is on the list."""
        about = shot.about if shot.about in ("unknown", "malformed") else "known"
        what = (release, shot.route.operation, level, about, shot.case, ours.kind, theirs.kind)
        for line in self.lines:
            if all(map(fits, line, what)):
                self.named[line[-1]] += 1
                return True
        self.unnamed.setdefault((*what[1:], what[0]), []).append(example)
        return False

    def tell(self):
        """The classes that nobody named, each with a request that shows it."""
        groups = collections.defaultdict(list)
        for (operation, level, about, case, ours, theirs, release), examples in self.unnamed.items():
            groups[operation, ours, theirs].append((f"{level} on {about}: {case}", examples[0], release))
        for (operation, ours, theirs), found in sorted(groups.items()):
            cases = sorted({case for case, *_ in found})
            yield f"DIFFERENCE {operation}: we {ours}, basic-auth {theirs} ({found[0][2]}): {'; '.join(cases[:8])}{' …' if len(cases) > 8 else ''}\n{found[0][1]}"
