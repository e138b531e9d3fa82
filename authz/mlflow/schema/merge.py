"""Print what the inventories of all supported releases say together. `make inventory` calls it.

    python merge.py messages *.tsv    messages.txt: every field and enum value that any release knows
    python merge.py served *.tsv      served.txt: every route, and the first and last release that serves it

Where releases disagree on a field (its type, whether it repeats, its oneof), messages.txt has what the newest says, and each disagreement
is printed on standard error: only a person can tell which requests both read alike.
"""

import sys
from pathlib import Path


def version(file):
    return [int(part) for part in Path(file).stem.split(".")]


def rows(file):
    for line in Path(file).read_text().splitlines():
        yield line.split("\t")


def messages(files):
    merged = {}
    for file in reversed(files):
        for kind, name, text, *_ in ([*columns, ""] for columns in rows(file)):
            if kind not in ("message", "enum"):
                continue
            split = ":" if kind == "message" else "="
            known = merged.setdefault(name if kind == "message" else "enum " + name, (split, {}))[1]
            for part, what in (part.split(split, 1) for part in text.split()):
                if known.setdefault(part, what) != what:
                    print(f"{Path(file).stem}: {name} {part} is {what}, later {known[part]}", file=sys.stderr)
    for name, (split, parts) in sorted(merged.items()):
        print(name + "\t" + " ".join(part + split + what for part, what in parts.items()))


def served(files):
    releases, by_route = [Path(file).stem for file in files], {}
    for file in files:
        for method, path, *_ in rows(file):
            if path.startswith("/"):
                by_route.setdefault((path, method), []).append(Path(file).stem)
    print("releases\t" + " ".join(releases))
    for (path, method), by in sorted(by_route.items()):
        first = releases.index(by[0])
        if releases[first : first + len(by)] != by:
            sys.exit(f"{method} {path}: {by} has a gap, which served.txt cannot say")
        print(f"{method}\t{path}\t{by[0]}..{by[-1]}")


if __name__ == "__main__":
    {"messages": messages, "served": served}[sys.argv[1]](sorted(sys.argv[2:], key=version))
