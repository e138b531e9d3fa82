"""Who there is, what they own and what they may do, told to a server through its REST API; and the questions that are asked afterwards."""

from server import first_password, older

P2, P3 = "/api/2.0/mlflow", "/api/3.0/mlflow"
PEOPLE = ("ops", "alice", "bob", "carol", "dave", "Alice", "jürgen", "we ird:na/me", "with space")
DENIED_LEGACY, TEAM = "NO_PERMISSIONS", "team-a"


def password(name):
    return f"{name}, known for long"


def passwords(release):
    return {"admin": first_password(release)} | {name: password(name) for name in PEOPLE}


def as_user(name):
    return (name, password(name))


def people(server):
    """MySQL takes Alice and alice for one."""
    return [p for p in PEOPLE if p != "Alice" or not server.folds]


def tell(server):
    for name in people(server):
        server.do(server.admin, "POST", f"{P2}/users/create", {"username": name, "password": password(name)})
    server.do(server.admin, "PATCH", f"{P2}/users/update-admin", {"username": "ops", "is_admin": True})
    if server.workspaces:
        server.do(server.admin, "POST", f"{P3}/workspaces", {"name": TEAM})
    # With workspaces, nobody may create in the default one without a permission on it.
    things = make(server, None, server.admin if server.workspaces else as_user("alice"))
    (grant_rows if older(server.release, "3.13.0") else grant_roles)(server, things)
    if not older(server.release, "3.12.0"):
        roles(server, things)
    if server.workspaces:
        things["in_team"] = in_workspace(server)
    return things


def make(server, workspace, owner):
    """Three experiments, two models and a prompt. Who makes them has MANAGE on them from then on."""
    experiments = [server.do(owner, "POST", f"{P2}/experiments/create", {"name": f"paintings {n}"}, workspace=workspace)["experiment_id"] for n in range(3)]
    for name in ("painter", "painter-v*"):
        server.do(owner, "POST", f"{P2}/registered-models/create", {"name": name}, workspace=workspace)
    server.do(owner, "POST", f"{P2}/registered-models/create",
              {"name": "greeting", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}, workspace=workspace)
    return {"experiments": experiments, "models": ["painter", "painter-v*", "greeting"]}


def grant_rows(server, things):
    """Up to 3.12: one row for a user and a thing."""
    first, second, _ = things["experiments"]
    owner = server.admin if server.workspaces else as_user("alice")
    for who, experiment, permission in (("bob", first, "EDIT"), ("carol", first, DENIED_LEGACY), ("dave", first, "MANAGE"), ("bob", second, "READ"),
                                        ("carol", second, DENIED_LEGACY), ("jürgen", first, "EDIT"), ("Alice", first, "EDIT"),
                                        ("with space", second, DENIED_LEGACY), ("we ird:na/me", second, "MANAGE")):
        if who in people(server):
            server.do(owner, "POST", f"{P2}/experiments/permissions/create", {"experiment_id": experiment, "username": who, "permission": permission})
    for who, model, permission in (("bob", "painter", "EDIT"), ("carol", "painter", DENIED_LEGACY), ("dave", "greeting", "EDIT"), ("carol", "greeting", DENIED_LEGACY)):
        server.do(owner, "POST", f"{P2}/registered-models/permissions/create", {"name": model, "username": who, "permission": permission})
    # Nothing is called so; an admin may grant on it all the same, and it stands for nothing but itself.
    server.do(server.admin, "POST", f"{P2}/experiments/permissions/create", {"experiment_id": "*", "username": "dave", "permission": "MANAGE"})
    server.do(server.admin, "POST", f"{P2}/registered-models/permissions/create", {"name": "gone since", "username": "bob", "permission": "READ"})
    if not older(server.release, "3.8.0"):
        for who, scorer, permission in (("bob", "tone/of voice", "EDIT"), ("carol", "tone/of voice", DENIED_LEGACY)):
            server.do(server.admin, "POST", f"{P3}/scorers/permissions/create",
                      {"experiment_id": first, "scorer_name": scorer, "username": who, "permission": permission})
    if not older(server.release, "3.11.0"):
        for part, field in (("secrets", "secret_id"), ("endpoints", "endpoint_id"), ("model-definitions", "model_definition_id")):
            server.do(server.admin, "POST", f"{P3}/gateway/{part}/permissions/create", {field: f"{part}-1", "username": "bob", "permission": "USE"})


def grant_roles(server, things):
    """From 3.13 on: rows on a hidden role of the user's."""
    first, second, _ = things["experiments"]
    denied = "DENY" if not older(server.release, "3.17.0") else "READ"
    for who, kind, thing, permission in (
            ("bob", "experiment", first, "EDIT"), ("carol", "experiment", first, denied), ("dave", "experiment", first, "MANAGE"),
            ("bob", "experiment", second, "READ"), ("carol", "experiment", second, denied), ("jürgen", "experiment", first, "EDIT"),
            ("Alice", "experiment", first, "EDIT"), ("with space", "experiment", second, denied), ("we ird:na/me", "experiment", second, "MANAGE"),
            ("bob", "registered_model", "painter", "EDIT"), ("carol", "registered_model", "painter", denied), ("dave", "prompt", "greeting", "EDIT"),
            ("bob", "scorer", f"{first}/tone%2Fof%20voice", "EDIT"), ("bob", "gateway_endpoint", "endpoints-1", "USE"), ("bob", "scorer", "without a slash", "READ")):
        if who in people(server):
            server.do(server.admin, "POST", f"{P3}/users/permissions/grant",
                      {"username": who, "resource_type": kind, "resource_id": thing, "permission": permission})
    server.do(server.admin, "POST", f"{P3}/users/permissions/grant", {"username": "with space", "resource_type": "registered_model", "resource_id": "*", "permission": "EDIT"})


def roles(server, things):
    """Two roles in the default workspace; one has nobody."""
    first, _, third = things["experiments"]
    team = role(server, "painters", "default", [("experiment", third, "EDIT"), ("registered_model", "*", "EDIT"), ("experiment", first, "MANAGE")])
    for who in ("carol", "dave"):
        server.do(server.admin, "POST", f"{P3}/roles/assign", {"username": who, "role_id": team})
    role(server, "nobody's", "default", [("gateway_secret", "*", "USE")])
    if not older(server.release, "3.17.0"):
        server.do(server.admin, "POST", f"{P3}/roles/permissions/add", {"role_id": team, "resource_type": "run", "resource_pattern": "*", "permission": "DENY"})


def role(server, name, workspace, permissions):
    made = server.do(server.admin, "POST", f"{P3}/roles/create", {"name": name, "workspace": workspace, "description": f"those who are {name}"})["role"]["id"]
    for kind, pattern, permission in permissions:
        server.do(server.admin, "POST", f"{P3}/roles/permissions/add",
                  {"role_id": made, "resource_type": kind, "resource_pattern": pattern, "permission": permission})
    return made


def in_workspace(server):
    """The team's own things: bob edits all of them, dave may look, carol manages; one experiment is kept from bob."""
    things = make(server, TEAM, server.admin)
    first = things["experiments"][0]
    if older(server.release, "3.13.0"):
        for who, permission in (("bob", "EDIT"), ("dave", "READ"), ("carol", "MANAGE")):
            server.do(server.admin, "POST", f"{P3}/workspaces/{TEAM}/permissions", {"username": who, "permission": permission})
        server.do(server.admin, "POST", f"{P2}/experiments/permissions/create",
                  {"experiment_id": first, "username": "bob", "permission": DENIED_LEGACY}, workspace=TEAM)
        server.do(server.admin, "POST", f"{P2}/registered-models/permissions/create",
                  {"name": "painter", "username": "bob", "permission": DENIED_LEGACY}, workspace=TEAM)
        server.do(server.admin, "POST", f"{P2}/registered-models/permissions/create",
                  {"name": "painter", "username": "alice", "permission": "EDIT"}, workspace=TEAM)
        return things
    editors = role(server, "editors", TEAM, [("workspace", "*", "USE"), ("experiment", "*", "EDIT"), ("registered_model", "*", "EDIT")])
    managers = role(server, "managers", TEAM, [("workspace", "*", "MANAGE")])
    for who, which in (("bob", editors), ("carol", managers)):
        server.do(server.admin, "POST", f"{P3}/roles/assign", {"username": who, "role_id": which})
    server.do(server.admin, "POST", f"{P3}/users/permissions/grant",
              {"username": "bob", "resource_type": "experiment", "resource_id": first, "permission": "DENY"}, workspace=TEAM)
    server.do(server.admin, "POST", f"{P3}/users/permissions/grant",
              {"username": "alice", "resource_type": "registered_model", "resource_id": "painter", "permission": "EDIT"}, workspace=TEAM)
    return things


def questions(things):
    """Read, update and delete: what each takes is the same in all releases. What is deleted is put back."""
    for experiment in things["experiments"]:
        yield "GET", f"{P2}/experiments/get?experiment_id={experiment}", None, None
        yield "POST", f"{P2}/experiments/set-experiment-tag", {"experiment_id": experiment, "key": "k", "value": "v"}, None
        yield "POST", f"{P2}/experiments/delete", {"experiment_id": experiment}, "restore"
    for model in things["models"]:
        yield "GET", f"{P2}/registered-models/get?name={model}", None, None
        yield "PATCH", f"{P2}/registered-models/update", {"name": model, "description": "d"}, None


def ask(server, things):
    """Everybody who can sign in, everything, each action: what was asked and the status of the answer."""
    asked = []
    for workspace, what in ((None, things), ("team-a", things.get("in_team"))):
        for method, path, body, afterwards in questions(what) if what else ():
            for name in people(server):
                if ":" in name:
                    continue
                r = server.send(as_user(name), method, path, body, workspace=workspace)
                asked.append({"workspace": workspace or "", "user": name, "method": method, "path": path, "body": body, "status": r.status_code})
                if afterwards and r.status_code == 200:
                    server.do(server.admin, "POST", f"{P2}/experiments/{afterwards}", body, workspace=workspace)
    return asked
