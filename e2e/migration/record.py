"""Makes a basic_auth database with a real MLflow server of some release, and records what that server decides by it.

    var/venv/bin/python e2e/migration/record.py [--into DIR] NAME ...

NAME is a release of e2e/releases (or the one of requirements.txt), with "-workspaces" for a server with workspaces, or "-upgraded" for the
database of 2.22.5 that this release has opened. NAME.db and NAME.json (who asked what, and the status of the answer) are written to
internal/migrate/testdata; bin/extauthz-import (`make importer`) writes NAME.tracking.json. The same people and things everywhere, so that two of them can be compared.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import story
from server import LEGACY, ROOT, BasicAuth

INTO = ROOT / "internal/migrate/testdata"


def record(name, into):
    release, _, variant = name.partition("-")
    with tempfile.TemporaryDirectory(prefix="basic-auth") as folder:
        folder = pathlib.Path(folder)
        if variant == "upgraded":
            with BasicAuth(LEGACY, folder) as server:
                things = story.tell(server)
            with BasicAuth(release, folder) as server:
                asked = story.ask(server, things)
        else:
            with BasicAuth(release, folder, workspaces=variant == "workspaces") as server:
                things = story.tell(server)
                asked = story.ask(server, things)
        shutil.copy(folder / "basic_auth.db", into / f"{name}.db")
        if variant == "workspaces":
            dump(folder / "mlflow.db", into / f"{name}.tracking.json")
    about = {"release": release, "workspaces": variant == "workspaces", "passwords": story.passwords(release)}
    lines = ",\n".join("    " + json.dumps(a) for a in asked)
    (into / f"{name}.json").write_text(json.dumps(about, indent=2)[:-2] + f',\n  "asked": [\n{lines}\n  ]\n}}\n')
    print(f"{name}: {len(asked)} questions, {sum(a['status'] == 403 for a in asked)} of them refused")


def dump(database, into):
    """What the tracking server's own database tells of where things are. It is too large to be kept whole."""
    request = json.dumps({"url": f"sqlite:///{database}"})
    done = subprocess.run([ROOT / "bin/extauthz-import"], input=request, check=True, capture_output=True, text=True)
    into.write_text(done.stdout + "\n")


def main(arguments):
    into = INTO
    if arguments[:1] == ["--into"]:
        into, arguments = pathlib.Path(arguments[1]), arguments[2:]
    into.mkdir(parents=True, exist_ok=True)
    for name in arguments or sys.exit(__doc__):
        record(name, into)


if __name__ == "__main__":
    main(sys.argv[1:])
