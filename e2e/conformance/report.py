"""docs/compatibility.md, from what the long run counted."""

from servers import ROOT

HEAD = """# Compatibility

Written by `make conformance`: requests of the differential test (`e2e/conformance`), generated from what each MLflow release serves and
sent as several users, well formed and malformed, to a plain MLflow behind Envoy and extauthz and to that release's own basic-auth on the
same data. A *leak* is an answer that holds what its reader may not see, or a change of what the caller may not change. A *difference* is
an answer of another kind than basic-auth's (allowed, 401, 403, refused otherwise); each has a reason in
`e2e/conformance/differences.tsv`. `served` counts the routes to which some request was allowed; *mapped* are those in `extauthz routes`.
"""


def write(results):
    """results: {release: {family: Counter}}"""
    lines = [HEAD, f"Seeds: {', '.join(sorted({str(r['seed']) for r in results.values()}))}.", "",
             "| MLflow | operations | mapped | served | requests | leaks | differences |", "|---|---|---|---|---|---|---|"]
    for release, result in results.items():
        total = {k: sum(f.get(k, 0) for f in result["families"].values()) for k in ("routes", "mapped", "served", "requests", "leaks", "differences")}
        lines.append(f"| {release} | " + " | ".join(str(total[k]) for k in ("routes", "mapped", "served", "requests", "leaks", "differences")) + " |")
    families = sorted({f for r in results.values() for f in r["families"]})
    lines += ["", "Requests by family: sent / leaks / differences", "", "| family | " + " | ".join(results) + " |", "|---|" + "---|" * len(results)]
    for family in families:
        cells = [r["families"].get(family) for r in results.values()]
        lines.append(f"| {family} | " + " | ".join(f"{c.get('requests', 0)} / {c.get('leaks', 0)} / {c.get('differences', 0)}" if c else "–" for c in cells) + " |")
    reasons = {}
    for release, result in results.items():
        for reason, n in result["named"].items():
            reasons.setdefault(reason, {})[release] = n
    lines += ["", "## Where we differ from basic-auth, and why", "", "| reason | " + " | ".join(results) + " |", "|---|" + "---|" * len(results)]
    for reason, counts in sorted(reasons.items(), key=lambda x: -sum(x[1].values())):
        lines.append(f"| {reason} | " + " | ".join(str(counts.get(r, "")) for r in results) + " |")
    (ROOT / "docs/compatibility.md").write_text("\n".join(lines) + "\n")
