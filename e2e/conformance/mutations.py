"""What becomes of a well-formed request in the hands of somebody who wants another's: the cases of security-cases.md §2–§8.

Each function yields (case, Call); own and victim are the identifiers of two tenants.
"""

import base64
import gzip
import json
import re
import zlib
from dataclasses import replace

from routes import IDS, OPAQUE, fill, with_query
from wire import Call

JSON = ("Content-Type", "application/json")
XREFS = {
    **{k: [v] for k, v in IDS.items() if "{" in str(v)}, "run_uuid": ["{run}"], "source_run_id": ["{run}"], "scorer_id": ["{scorer_id}"],
    "action_endpoint_id": ["{endpoint}"], "resource_id": ["{scorer_id}"], "schema_ids": [["{schema}"]], "source_prompt_uri": ["prompts:/{prompt}/1"],
    "source": ["mlflow-artifacts:/{experiment}/{run}/artifacts", "runs:/{run}/x", "models:/{model}/1", "models:/{model}@champion", "models:/{logged_model}",
               "mlflow-artifacts:/./{experiment}/{run}/artifacts", "mlflow-artifacts:/x/../{experiment}/{run}/artifacts"],
    "artifact_location": ["mlflow-artifacts:/{experiment}", "mlflow-artifacts:/{experiment}/{run}/artifacts", "file:///etc"],
    "tags": [[{"key": "mlflow.parentRunId", "value": "{run}"}], [{"key": "mlflow.prompt.is_prompt", "value": "true"}]],
    "metrics": [[{"key": "m", "value": 1, "timestamp": 1, "step": 3, "model_id": "{logged_model}"}]], "models": [[{"model_id": "{logged_model}"}]],
    "model_configs": [[{"model_definition_id": "{definition}", "linkage_type": "PRIMARY", "weight": 1}]],
    "prompt_versions": [[{"name": "{prompt}", "version": "1"}]],
}
NUMBERS = {"zero": "0{}", "space": " {}", "space-after": "{} ", "plus": "+{}", "newline": "{}\n", "point": "{}.0", "nul": "{}\0", "slash": "{}/x", "semicolon": "{};x"}
PATHS = {
    "encoded-slash": lambda p: p[:2] + p[2:].replace("/", "%2F", 1), "encoded-letter": lambda p: p[0] + f"%{ord(p[1]):02x}" + p[2:],
    "encoded-last": lambda p: p[:-1] + f"%{ord(p[-1]):02X}", "double-encoded": lambda p: p[0] + f"%25{ord(p[1]):02x}" + p[2:],
    "two-slashes": lambda p: "/" + p, "slash-inside": lambda p: p[:1] + p[1:].replace("/", "//", 1), "dot": lambda p: "/." + p,
    "dots": lambda p: "/x/.." + p, "health-dots": lambda p: "/health/.." + p, "static-dots": lambda p: "/static-files/../.." + p,
    "encoded-dots": lambda p: "/health/%2e%2e" + p, "slash-after": lambda p: p + "/", "upper": str.upper, "semicolon": lambda p: p + ";x=1",
    "nul": lambda p: p + "%00", "newline": lambda p: p + "%0a", "backslash": lambda p: p.replace("/", "\\", 1), "fragment": lambda p: p + "#x",
    "absolute": lambda p: "http://127.0.0.1" + p, "preview": lambda p: p.replace("/mlflow/", "/preview/mlflow/"),
    "other-version": lambda p: p.replace("2.0", "3.0") if "2.0" in p else p.replace("3.0", "2.0"), "space": lambda p: p + "%20",
}
HEADERS = [("X-HTTP-Method-Override", "GET"), ("X-Original-URL", "/health"), ("X-Rewrite-URL", "/health"), ("X-Forwarded-Prefix", "/x"),
           ("X-Envoy-Original-Path", "/health"), ("X-MLFLOW-WORKSPACE", "other"), ("X-Forwarded-For", "127.0.0.1"), ("Connection", "Authorization"),
           ("X-Mlflow-User", "admin"), ("X-Remote-User", "admin")]
FILTERS = ["run_id = '{run}'", "attributes.run_id = '{run}'", "name = '{model}'", "name LIKE '%'", "name = '{experiment_name}'", "source_run_id = '{run}'",
           "experiment_ids = '{experiment}'", "tags.k LIKE '%'"]


def camel(name):
    return re.sub(r"_(\w)", lambda m: m[1].upper(), name)


def obj(*pairs):
    """A JSON object with these members, in this order, repeated or not."""
    return ("{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in pairs) + "}").encode()


class Target:
    """A route, what its requests say about one's own and about the victim's."""

    def __init__(self, route, own, victim):
        self.route, self.own, self.victim = route, own, victim
        self.mine, self.theirs = route.filled(own), route.filled(victim)
        self.in_path = set(re.findall(r"<(?:path:)?(\w+)>", route.path))
        self.keys = [k.lstrip("+") for k in self.mine if self.mine[k] != self.theirs[k] and k not in self.in_path]
        self.json = route.call(own).headers[:1] == [JSON]

    def path(self, ids):
        return self.route.call(ids).path.split("?")[0]

    def rest(self, params):
        return {k.lstrip("+"): v for k, v in params.items() if k not in self.in_path}


def on_the_path(t):
    call = t.route.call(t.victim)
    path, mark, query = call.path.partition("?")
    for name, change in PATHS.items():
        if len(path) > 2 and change(path) != path:
            yield f"path {name}", replace(call, path=change(path) + mark + query)
    for k in t.in_path:
        mine, theirs = str(fill(t.mine.get(k, "x"), t.own)), str(fill(t.theirs.get(k, "x"), t.victim))
        if mine == theirs:
            continue
        twice = with_query("", {k: theirs})
        yield "path own, query victim", replace(t.route.call(t.own), path=t.path(t.own) + twice)
        yield "path victim, query own", replace(call, path=path + with_query("", {k: mine}))
        yield "path own, body victim", Call(t.route.method, t.path(t.own), [JSON], obj(*t.rest(t.mine).items(), (k, theirs)))
        yield "path victim, body own", Call(t.route.method, path, [JSON], obj(*t.rest(t.theirs).items(), (k, mine)))
        for name, form in {"dot": "./{}", "dots": f"{mine}/../{{}}", "double": "%25{:s}", "slash": "/{}", "encoded": "%2e/{}", "semicolon": "{};x"}.items():
            odd = form.format(theirs) if name != "double" else f"%25{ord(theirs[0]):02x}{theirs[1:]}"
            yield f"path value {name}", replace(call, path=call.path.replace(theirs.replace("{", "%7B"), odd, 1))


def on_the_method(t):
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "X"):
        if method != t.route.method:
            call = t.route.call(t.victim)
            yield f"method {method}", replace(call, method=method)
            yield f"method {method}, in the query", Call(method, with_query(t.path(t.victim), t.rest(t.theirs)))
    for name, value in HEADERS:
        call = t.route.call(t.victim)
        yield f"header {name}", replace(call, headers=[*call.headers, (name, value)])


def in_the_body(t):
    if not t.json:
        return
    path, vpath = t.path(t.own), t.path(t.victim)
    mine, theirs = t.rest(t.mine), t.rest(t.theirs)
    good, bad = json.dumps(mine).encode(), json.dumps(theirs).encode()

    def send(body, *headers, path=path, **more):
        return Call(t.route.method, path, list(headers) or [JSON], body, **more)

    for k in t.keys:
        others = [(x, v) for x, v in mine.items() if x != k]
        own, victim = mine[k], theirs[k]
        yield "repeated key", send(obj((k, own), *others, (k, victim)))
        yield "repeated key, victim first", send(obj((k, victim), *others, (k, own)))
        yield "repeated key, escaped", send(obj((k, own), *others, (k, victim)).replace(json.dumps(k).encode(), b'"\\u%04x%s"' % (ord(k[0]), k[1:].encode()), 1))
        if camel(k) != k:
            yield "camel only", send(obj((camel(k), victim), *others))
            yield "camel after", send(obj((k, own), *others, (camel(k), victim)))
            yield "camel before", send(obj((camel(k), victim), *others, (k, own)))
        yield "other case", send(obj((k, victim), *others, (k.title(), own)))
        for name, value in {"null": None, "empty": type(own)(), "number": 7, "list": [victim], "object": {"x": victim}, "true": True}.items():
            yield f"scope {name}", send(obj((k, value), *others))
        yield "scope missing", send(obj(*others))
        if isinstance(own, list):
            yield "own and victim", send(obj((k, own + victim), *others))
            yield "victim and own", send(obj((k, victim + own), *others))
        if isinstance(victim, str):
            for name, form in NUMBERS.items():
                yield f"identifier {name}", send(obj((k, form.format(victim)), *others))
            if victim.isdigit():
                yield "identifier full-width", send(obj((k, "".join(chr(0xFF10 + int(c)) for c in victim)), *others))
                yield "identifier number", send(obj((k, int(victim)), *others))
                yield "identifier underscore", send(obj((k, victim[0] + "_" + victim[1:]), *others))
    for f in [f for f in t.route.fields if f not in mine][:4]:
        yield f"wrong type first ({f})", send(obj((f, [[1]]), *mine.items()))
        yield f"wrong type last ({f})", send(obj(*mine.items(), (f, {"x": [1]})))
    yield "query victim", send(good, path=with_query(path, theirs))
    yield "query own", send(bad, path=with_query(vpath, mine))
    yield "query only", Call(t.route.method, with_query(vpath, theirs), [JSON], b"")
    yield "chunked own", send(good, chunked=True)
    yield "chunked victim", send(bad, path=vpath, chunked=True)
    yield "gzip", send(gzip.compress(good), JSON, ("Content-Encoding", "gzip"))
    yield "deflate victim", send(zlib.compress(bad), JSON, ("Content-Encoding", "deflate"), path=vpath)
    for name in ("utf-16", "utf-16-le", "utf-32", "utf-8-sig"):
        yield name, send(bad.decode().encode(name), path=vpath)
        yield name + " own", send(good.decode().encode(name))
    yield "invalid utf-8", send(good[:-1] + (b"," if mine else b"") + b'"x": "\xff"}')
    yield "trailing bytes", send(good + b",")
    yield "two documents", send(good + bad)
    yield "NaN", send(good[:-1] + (b"," if mine else b"") + b'"x": NaN}')
    yield "surrogate", send(good[:-1] + (b"," if mine else b"") + b'"filter": "\\ud800"}')
    for name, body in {"empty": b"", "null": b"null", "list": b"[]", "list of": b"[" + bad + b"]", "string": json.dumps(bad.decode()).encode(), "number": b"7"}.items():
        yield f"body {name}", send(body, path=vpath)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/vnd.x+json", "Application/JSON", "multipart/form-data"):
        yield f"type {kind}", send(bad, ("Content-Type", kind), path=vpath)
    yield "type none", send(bad, ("X-None", "x"), path=vpath)


def in_the_query(t):
    if t.json or t.route.operation == "export_traces":
        return
    base, method, body = t.path(t.own), t.route.method, t.route.call(t.own).body
    mine, theirs = t.rest(t.mine), t.rest(t.theirs)

    def send(query, **more):
        return Call(method, base + query, t.route.call(t.own).headers, more.get("body", body))

    for k in t.keys:
        own, victim = (v[0] if isinstance(v, list) else v for v in (mine[k], theirs[k]))
        q = with_query("", {x: v for x, v in mine.items() if x != k}) or "?"
        one, two = with_query("", {k: own})[1:], with_query("", {k: victim})[1:]
        yield "repeated", send(f"{q}&{one}&{two}")
        yield "repeated, victim first", send(f"{q}&{two}&{one}")
        if camel(k) != k:
            yield "camel only", send(f"{q}&" + with_query("", {camel(k): victim})[1:])
            yield "camel too", send(f"{q}&{one}&" + with_query("", {camel(k): victim})[1:])
        yield "brackets", send(f"{q}&" + with_query("", {k + "[]": victim})[1:])
        yield "semicolon", send(f"{q}&{one};{two}")
        yield "missing", send(q)
        yield "empty", send(f"{q}&{k}=")
        yield "percent", send(f"{q}&{two}%zz")
        yield "encoded key", send(f"{q}&%{ord(k[0]):02x}{two[1:]}")
        for name, form in NUMBERS.items():
            yield f"identifier {name}", send(f"{q}&" + with_query("", {k: form.format(victim)})[1:])
        for name, form in {"dot": "./{}", "dots": "x/../{}", "double": "%{}", "slash": "/{}", "root": ".", "two": "//{}"}.items():
            yield f"value {name}", send(f"{q}&" + with_query("", {k: form.format(victim)})[1:])
    if t.route.operation not in OPAQUE and method == "GET":
        text = json.dumps(theirs).encode()
        for name, query in {"own query": with_query("", mine), "no query": "", "empty query": "?", "ampersand": "?&", "other query": "?x=1"}.items():
            yield f"body victim, {name}", Call("GET", base + query, [JSON], text)
        yield "body victim, chunked", Call("GET", base, [JSON], text, chunked=True)


def of_others(t):
    """One's own request that names something of the victim's as well."""
    names = dict.fromkeys([*t.mine, *t.route.fields])
    for k in names:
        for value in XREFS.get(k, []):
            yield f"victim in {k}", t.route.call(t.own, params=t.mine | {k: fill(value, t.victim)})
    if "run_id" in t.mine or "run_uuid" in t.mine:
        rest = {k: v for k, v in t.mine.items() if k not in ("run_id", "run_uuid")}
        for own in (t.own["run"], None, ""):
            yield f"run_id {'own' if own else own!r}, run_uuid victim", t.route.call(t.own, params=rest | {"run_id": own, "run_uuid": t.victim["run"]})
    if t.route.operation == "SetTag":
        yield "parent victim", t.route.call(t.own, params=t.mine | {"key": "mlflow.parentRunId", "value": t.victim["run"]})
    for k in {"filter", "filter_string"} & set(t.route.fields):
        for f in FILTERS:
            yield f"{k} {f.split()[0]}", t.route.call(t.own, params=t.mine | {k: fill(f, t.victim)})
    if "page_token" in t.route.fields:
        token = base64.b64encode(b'{"offset": 0}').decode()
        yield "page token", t.route.call(t.own, params=t.mine | {"page_token": token})
        yield "page of one", t.route.call(t.own, params=t.mine | {"max_results": 1})
        yield "page of many", t.route.call(t.own, params=t.mine | {"max_results": 1000})


def in_graphql(t):
    if t.route.operation != "graphql":
        return
    field = 'mlflowGetExperiment(input: {experimentId: "%s"}) { experiment { name tags { value } } }' % t.victim["experiment"]
    runs = 'mlflowSearchRuns(input: {experimentIds: ["%s"]}) { runs { info { runId runName } modelVersions { name } } }' % t.victim["experiment"]
    run = 'mlflowGetRun(input: {runId: "%s"}) { run { info { runName } data { params { value } } modelVersions { name } } }' % t.victim["run"]
    texts = {
        "plain": f"{{ {field} }}", "alias": f"query {{ x: {field} y: {runs} }}", "run": f"{{ {run} }}", "fragment": f"query {{ ...F }} fragment F on Query {{ {field} {runs} }}",
        "inline": f"query {{ ... {{ {runs} }} ... on Query {{ {run} }} }}", "directive": f"query {{ {field} @include(if: true) }}", "two": f"query A {{ test(inputString: \"x\") {{ output }} }} query B {{ {field} }}",
        "mutation": f"mutation {{ {field} }}", "introspection": "{ __schema { types { name } } }", "comment": f"# x\n{{ {field} }}", "spread variable": f"query($x: Boolean = true) {{ {runs} @skip(if: $x) {field} }}",
    }
    for name, text in texts.items():
        for extra in ({}, {"operationName": "B"}):
            yield f"graphql {name}", Call("POST", t.route.path, [JSON], json.dumps({"query": text} | extra).encode())
    yield "graphql batch", Call("POST", t.route.path, [JSON], json.dumps([{"query": texts["plain"]}]).encode())
    yield "graphql text", Call("POST", t.route.path, [("Content-Type", "application/graphql")], texts["plain"].encode())
    yield "graphql query", Call("POST", with_query(t.route.path, {"query": texts["plain"]}), [JSON], b"{}")


def mutated(route, own, victim):
    t = Target(route, own, victim)
    for family in (on_the_path, on_the_method, in_the_body, in_the_query, of_others, in_graphql):
        yield from family(t)
