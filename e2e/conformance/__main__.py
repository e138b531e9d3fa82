"""The differential test: thousands of generated requests at our stack and at MLflow's own basic-auth, on the same data.

    python e2e/conformance 3.17.2                     # a long run; more releases may follow
    python e2e/conformance 3.17.2 --requests 900 --defaults NO_PERMISSIONS
    python e2e/conformance 3.17.2 --seed 7 --only 'GetRun *'    # what a failure printed

It fails on a leak, and on a difference that differences.tsv does not name. See tenants.py for what a leak is.
"""

import argparse
import collections
import os
import random
import subprocess
import sys
import time

import report
from differences import Differences, fits
from plan import ACTIVE, chosen
from servers import ROOT
from tenants import credentials, level, level_name
from wire import Answer
from world import world

SUPPORTED = ["2.22.5", "3.4.0", "3.8.1", "3.17.2", "3.18.0"]


def mapped():
    """The (method, path) of our rows."""
    text = subprocess.run([os.environ.get("EXTAUTHZ", ROOT / "bin/extauthz"), "routes"], check=True, capture_output=True, text=True).stdout
    return {tuple(line.split()[:2]) for line in text.splitlines()[1:]}


class Judge:
    """Sends each shot to both servers and says what is wrong."""

    def __init__(self, world, differences, families, verbose=False):
        self.world, self.differences, self.families, self.verbose = world, differences, families, verbose
        self.mapped = mapped()
        self.leaks, self.theirs_leaks, self.served, self.differing = [], 0, set(), 0

    def take(self, shot):
        w = self.world
        user = credentials(shot.user)
        later = None if shot.route.operation in ACTIVE else w.pool.submit(w.theirs.server.send, shot.call, user)
        ours = w.ours.server.send(shot.call, user)
        theirs = later.result() if later else Answer(0)
        changed = w.ours_store.changes(shot.call.method not in ("GET", "HEAD"))
        theirs_changed = w.theirs_store.changes(shot.call.method not in ("GET", "HEAD"))
        family = self.families[shot.route.family]
        family["requests"] += 1
        if ours.kind == "ok" and shot.case == "plain":
            self.served.add(shot.route)
        elif self.verbose:
            print(self.example(shot, ours, theirs))
        for what in self.found(shot, ours, changed):
            family["leaks"] += 1
            self.leaks.append(f"LEAK {w.release}, default {w.default}: {shot}\n  {what}\n{self.example(shot, ours, theirs)}")
        leaked = next(self.found(shot, theirs, theirs_changed), None)
        if leaked:
            self.theirs_leaks += 1
            if self.verbose:
                print(f"basic-auth leaks: {shot}: {leaked}\n{self.example(shot, ours, theirs)}")
        if any(change.what.startswith(GRANTED) for change in changed):
            w.regrant()
        if later and ours.kind != theirs.kind:
            family["differences"] += 1
            if shot.route.key not in self.mapped and ours.kind == "403":
                self.differences.named["No row (a route that answers 501, the build folder): for admins alone"] += 1
            elif leaked and ours.kind != "ok":
                self.differences.named["Refused, where basic-auth of this release shows or changes what its own grants forbid"] += 1
            else:
                self.differences.add(w.release, shot, level_name(shot.user, shot.about, w.default), ours, theirs, self.example(shot, ours, theirs))

    def found(self, shot, answer, changed):
        """The leaks of one answer. What the request itself says is no news; and a refusal may say on which id a permission is missing."""
        w = self.world
        said = w.evidence.of(shot.call.said())
        for string, tenant in w.evidence.of(answer.text).items():
            if string not in said and not (answer.kind == "403" and string in w.evidence.ids) and level(shot.user, tenant, w.default) < 1:
                yield f"the answer holds {string} of {tenant}"
        for change in changed:
            least = dict.fromkeys(w.evidence.of(change.refers).values(), 1) | dict.fromkeys(w.evidence.of(change.owned).values(), 2)
            if shot.user == "none" or any(level(shot.user, tenant, w.default) < n for tenant, n in least.items() if tenant != "X"):
                yield f"changed: {change.what[:400]}"

    def example(self, shot, ours, theirs):
        raw = shot.call.raw("HOST", credentials(shot.user)).decode("latin-1")
        answers = "\n".join(f"    {who}: {a.status} {a.text.partition(chr(10) * 2)[2][:200]!r}" for who, a in (("ours", ours), ("theirs", theirs)))
        return f"  --only '{shot}'\n    {raw[:1500]!r}\n{answers}"


GRANTED = ("experiments ", "registered_models ", "scorers ", "gateway", "secrets ", "endpoints ", "model_definitions ", "mcp_servers ")


def sees(w):
    """A test that cannot fail is a defect: around the stack, at plain MLflow, the oracle must see both kinds of leak."""
    judge, missed = Judge(w, Differences(), collections.defaultdict(collections.Counter)), []
    for operation in ("GetRun", "SetTag"):
        shot = next(s for s in chosen([r for r in w.routes if r.operation == operation], w.tenants, 0, 10**6) if (s.user, s.about, s.case) == ("n", "other", "plain"))
        answer = w.ours.plain.send(shot.call)
        if not list(judge.found(shot, answer, w.ours_store.changes(True))):
            missed.append(f"{shot}: plain MLflow answered {answer.status}, and no leak was seen")
    return missed


def run(release, default, options, families):
    began = time.monotonic()
    differences = Differences()
    with world(release, default, options.seed) as w:
        for note in w.notes:
            print(f"  note: {note}")
        failures = sees(w)
        shots = chosen(w.routes, w.tenants, options.seed, options.requests)
        if options.only:
            shots = [s for s in chosen(w.routes, w.tenants, options.seed, 10**7) if fits(options.only, str(s))]
        ready = time.monotonic()
        judge = Judge(w, differences, families, options.verbose)
        for i, shot in enumerate(shots):
            if options.seconds and time.monotonic() - began > options.seconds:
                print(f"  stopped after {i} of {len(shots)} requests: {options.seconds} s are over")
                break
            judge.take(shot)
    for name in {r.family for r in w.routes}:
        routes = [r for r in w.routes if r.family == name]
        families[name] |= collections.Counter(routes=len(routes), mapped=sum(r.key in judge.mapped for r in routes), served=sum(r in judge.served for r in routes))
    leaks = [f"{len(judge.leaks) - 20} more leaks"] if len(judge.leaks) > 20 else []
    failures += judge.leaks[:20] + leaks + list(differences.tell())
    print(f"MLflow {release}, default {default}, seed {options.seed}: {i + 1} requests, {len(judge.leaks)} leaks (basic-auth {judge.theirs_leaks}), "
          f"{sum(differences.named.values())} differences named, {len(differences.unnamed)} not; {len(judge.served)} of {len(w.routes)} routes allowed to somebody; "
          f"{ready - began:.0f} s to start, {time.monotonic() - ready:.0f} s to run", flush=True)
    for reason, n in differences.named.most_common():
        print(f"  {n:6} {reason}")
    if options.verbose:
        print("  never allowed:", ", ".join(sorted({r.operation for r in w.routes} - {r.operation for r in judge.served})))
    for failure in failures:
        print(failure, flush=True)
    return failures, differences.named


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", default=SUPPORTED)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--requests", type=int, default=5000, help="per release and default permission")
    parser.add_argument("--seconds", type=float, default=0, help="stop a run after so many")
    parser.add_argument("--defaults", nargs="+", default=["NO_PERMISSIONS", "READ"])
    parser.add_argument("--only", help="a pattern; sends every request whose name fits")
    parser.add_argument("--write", action="store_true", help="write docs/compatibility.md")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    results, failures = {}, []
    for release in options.releases:
        families, named = collections.defaultdict(collections.Counter), collections.Counter()
        for default in options.defaults:
            failed, why = run(release, default, options, families)
            failures += failed
            named += why
        results[release] = {"seed": options.seed, "families": families, "named": named}
    if options.write:
        report.write(results)
    if failures:
        sys.exit(f"{len(failures)} failures; again with --seed {options.seed}")


if __name__ == "__main__":
    main()
