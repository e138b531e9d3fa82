"""Print messages.txt: every field and enum value that the inventory of any supported release knows. `make inventory` calls it.

Where releases disagree on a field (its type, whether it repeats, its oneof), the field is read as the newest release reads it, and each
disagreement is printed on standard error: only a person can tell what a request that both understand looks like.
"""

import sys
from pathlib import Path


def version(file):
    return [int(part) for part in Path(file).stem.split(".")]


def read(file):
    """The messages and enums of an inventory: {"LogMetric": {"run_id": "string"}, "enum ViewType": {"ALL": "3"}}."""
    for line in Path(file).read_text().splitlines():
        kind, name, text = (line + "\t\t").split("\t")[:3]
        if kind in ("message", "enum"):
            split = ":" if kind == "message" else "="
            yield name if kind == "message" else "enum " + name, dict(part.split(split, 1) for part in text.split())


def merge(files):
    merged = {}
    for file in sorted(files, key=version, reverse=True):
        for name, parts in read(file):
            known = merged.setdefault(name, {})
            for part, kind in parts.items():
                if known.setdefault(part, kind) != kind:
                    print(f"{Path(file).stem}: {name} {part} is {kind}, later {known[part]}", file=sys.stderr)
    return merged


if __name__ == "__main__":
    for name, parts in sorted(merge(sys.argv[1:]).items()):
        split = "=" if name.startswith("enum ") else ":"
        print(name + "\t" + " ".join(part + split + kind for part, kind in parts.items()))
