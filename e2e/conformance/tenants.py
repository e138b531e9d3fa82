"""Two tenants, A and B, whose every name, tag, value and artifact holds a token that nobody can guess, and the users who may see them.

    atok8d0e…   tenant A's      stok…   for admins only (webhooks, budgets)
    btok51c2…   tenant B's      xtok…   for nobody (secrets)

Identifiers that MLflow assigns are evidence as well: who sees one has been told. Experiments get six-digit ids for that.
"""

import json
import pathlib
import re
import sqlite3
import urllib.parse

from routes import fill
from servers import ADMIN
from wire import Call

SEED = json.loads((pathlib.Path(__file__).parent / "seed.json").read_text())
USERS = {"a": {"A": "MANAGE"}, "b": {"B": "MANAGE"}, "r": {"A": "READ"}, "e": {"A": "EDIT"}, "n": {"A": "NO_PERMISSIONS", "B": "NO_PERMISSIONS"}}
LEVELS = ["NO_PERMISSIONS", "READ", "EDIT", "MANAGE"]
TOKEN = re.compile(r"[absx]tok[0-9a-f]{12}")


def level(user, tenant, default):
    """What a user may do to a tenant's resources, as an index into LEVELS."""
    if user == "admin":
        return 0 if tenant == "X" else 3
    if user == "none" or tenant in ("S", "X"):
        return 0
    return LEVELS.index(USERS[user].get(tenant, default))


def level_name(user, about, default):
    """The same in a word; about is own, other, or what does not exist."""
    if user in ("none", "admin"):
        return {"none": "nobody"}.get(user, user)
    own = "B" if user == "b" else "A"
    return LEVELS[level(user, {"own": own, "other": "AB".replace(own, "")}.get(about, "unknown"), default)]


def credentials(user):
    return {"none": "", "admin": ADMIN}.get(user, f"{user}:password of {user}!")


class Evidence:
    """Which tenant a string gives away."""

    def __init__(self, rng):
        self.rng, self.ids = rng, {}

    def token(self, owner):
        return f"{owner.lower()}tok{self.rng.getrandbits(48):012x}"

    def learn(self, owner, value):
        if owner != "-" and len(value) > 5 and not TOKEN.search(value) and not (set(value) <= set("0123456789") and len(value) != 6):
            self.ids[value] = owner

    def of(self, text):
        """What in a text is evidence: {string: tenant}."""
        found = {t: t[0].upper() for t in TOKEN.findall(text)}
        digits = set(re.findall(r"(?<![0-9a-zA-Z_.-])[0-9]{6}(?![0-9a-zA-Z_.-])", text))
        return found | {i: owner for i, owner in self.ids.items() if (i in digits if i.isdigit() else i in text)}




def seed(tenant, first_id, routes, server, db, evidence):
    """Create all that a tenant owns, against plain MLflow; operations that the release lacks are passed over."""
    skip_ids(db, first_id)
    ids, problems = {"owner": tenant.lower()}, []
    for operation, wanted, learnt in SEED:
        route = next((r for r in routes if r.operation == operation), None)
        if route is None or all(k.endswith("?") and k[:-1] in ids for k in learnt) and learnt:
            continue
        tokens = {"t": tenant, "s": "S", "x": "X"}
        text = re.sub(r"\{([tsx])\}", lambda m: evidence.token(tokens[m[1]]), json.dumps(wanted)).replace("{hex}", f"{evidence.rng.getrandbits(128):032x}")
        params = fill(json.loads(text), ids)
        call = route.call(ids, params=params)
        if operation.endswith("UploadArtifact"):
            call.body = f'{{"spans": [], "request": "{evidence.token(tenant)}"}}'.encode()
        answer = server.send(call)
        if answer.kind != "ok":
            problems.append(f"{operation}: {answer.status} {answer.text.partition(chr(10) * 2)[2][:300]}")
            continue
        for name, where in learnt.items():
            owner, _, name = name.rstrip("?").rpartition(" ")  # "S webhook" is for admins alone, "- budget" for everybody
            value = find(where, params, answer.text)
            if value is None:
                continue  # releases before 3.10 don't tell a scorer's id
            ids[name] = value
            evidence.learn(owner or tenant, value)
    with sqlite3.connect(db) as c:
        if "dataset" in ids:
            ids["dataset_record"] = c.execute("SELECT dataset_record_id FROM evaluation_dataset_records WHERE dataset_id=?", (ids["dataset"],)).fetchone()[0]
    ids["grants"] = grants(ids)
    return ids, problems


def find(where, params, text):
    body = text.partition("\n\n")[2]
    for option in where.split("|"):
        value = params.get(option[1:]) if option.startswith("<") else json.loads(body)
        for part in [] if option.startswith("<") else option.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return str(value)
    return None


def skip_ids(db, first):
    """Make MLflow's next experiment id that number: one that is not guessed and not met by chance."""
    with sqlite3.connect(db, timeout=30) as c:
        columns = [row[1] for row in c.execute("PRAGMA table_info(experiments)") if row[1] != "experiment_id"]
        values = ", ".join("'filler' || abs(random())" if k == "name" else "'deleted'" if k == "lifecycle_stage" else k for k in columns)
        c.execute(f"INSERT INTO experiments (experiment_id, {', '.join(columns)}) SELECT ?, {values} FROM experiments WHERE experiment_id = 0", (first - 1,))


def grants(ids):
    """(resource type, id) of everything on which MLflow 3.13's users/permissions/grant gives permissions."""
    pairs = [("experiment", "experiment"), ("experiment", "deleted_experiment"), ("registered_model", "model"), ("registered_model", "prompt"),
             ("prompt", "prompt"), ("gateway_secret", "secret"), ("gateway_endpoint", "endpoint"), ("gateway_model_definition", "definition"),
             ("gateway_model_definition", "definition2"), ("mcp_server", "mcp"), ("mcp_server", "mcp2"), ("skill", "skill")]
    found = [(kind, ids[name]) for kind, name in pairs if name in ids]
    return found + [("scorer", f"{ids['experiment']}/{urllib.parse.quote(ids[name], safe='')}") for name in ("scorer", "scorer2") if name in ids]


OLD = {"experiment": ("2.0", "experiments", "experiment_id"), "registered_model": ("2.0", "registered-models", "name"),
       "gateway_secret": ("3.0", "gateway/secrets", "secret_id"), "gateway_endpoint": ("3.0", "gateway/endpoints", "endpoint_id"),
       "gateway_model_definition": ("3.0", "gateway/model-definitions", "model_definition_id")}


def grant_calls(kind, resource, user, permission):
    """A grant in the words of both generations of MLflow's auth API."""
    if kind in OLD or kind == "scorer":
        api, folder, key = OLD.get(kind, ("3.0", "scorers", ""))
        named = {key: resource} if key else {"experiment_id": resource.split("/")[0], "scorer_name": urllib.parse.unquote(resource.split("/")[1])}
        yield "old", post(f"/api/{api}/mlflow/{folder}/permissions/create", named | {"username": user, "permission": permission})
    newer = "DENY" if permission == "NO_PERMISSIONS" else permission
    yield "new", post("/api/3.0/mlflow/users/permissions/grant", {"username": user, "resource_type": kind, "resource_id": resource, "permission": newer})


def post(path, params):
    return Call("POST", path, [("Content-Type", "application/json")], json.dumps(params).encode())


def give_all(server, tenants, generations):
    """Write all grants; returns those that the server does not know."""
    refused = []
    for user, on in USERS.items():
        for tenant, permission in on.items():
            for kind, resource in tenants[tenant]["grants"]:
                answers = [server.send(call, ADMIN) for g, call in grant_calls(kind, resource, user, permission) if g in generations]
                if not any(a.kind == "ok" or "RESOURCE_ALREADY_EXISTS" in a.text for a in answers):
                    refused.append(f"{kind} {permission} to {user}: {[(a.status, a.text.partition(chr(10) * 2)[2][:120]) for a in answers]}")
    return refused


def add_users(server):
    for user in USERS:
        answer = server.send(post("/api/2.0/mlflow/users/create", {"username": user, "password": f"password of {user}!"}), ADMIN)
        assert answer.kind == "ok", answer
