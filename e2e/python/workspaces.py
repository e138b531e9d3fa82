"""Two workspaces on one server, with the same names in both: alice manages red, bob may use it, carol may use blue, and dave has nothing."""

import base64
import http.client
import os
import tempfile
from urllib.parse import urlsplit

import mlflow
from stage import ADMIN, URI, admin, password, refused, rest, step, user

SHARED = os.environ.get("SHARED") == "true"
WORKSPACES = "/api/3.0/mlflow/workspaces"
HEADER = "X-MLFLOW-WORKSPACE"


def ask(who, workspace, method, path, expect=200, /, json=None, **params):
    """A bare request in a workspace, None for no header."""
    who = ADMIN if who == "admin" else (who, password(who))
    headers = {} if workspace is None else {HEADER: workspace}
    r = rest(method, path, who, json=json, params=params or None, headers=headers)
    assert r.status_code == expect, (who[0], workspace, method, path, r.status_code, r.text)
    return r.json() if r.content and r.headers["content-type"].startswith("application/json") else r.text


def inside(workspace):
    mlflow.set_workspace(workspace)


step("the admin makes two workspaces; each comes with its two roles, which make people members")
roles, users = "/api/3.0/mlflow/roles", "/api/3.0/mlflow/users"
for name in ("red", "blue"):
    ask("admin", None, "POST", WORKSPACES, 201, json={"name": name})
    made = {r["name"]: r for r in ask("admin", None, "GET", f"{roles}/list", workspace=name)["roles"]}
    assert [(n, made[n]["permissions"][0]["permission"]) for n in sorted(made)] == [("admin", "MANAGE"), ("user", "USE")], made
    for who, role in {"red": (("alice", "admin"),), "blue": (("carol", "user"),)}[name]:
        ask("admin", None, "POST", f"{roles}/assign", json={"username": who, "role_id": made[role]["id"]})

step("who manages a workspace makes members of it, and nothing elsewhere")
red = {r["name"]: r["id"] for r in ask("alice", None, "GET", f"{roles}/list", workspace="red")["roles"]}
ask("alice", None, "POST", f"{roles}/assign", json={"username": "bob", "role_id": red["user"]})
ask("bob", None, "POST", f"{roles}/assign", 403, json={"username": "dave", "role_id": red["user"]})
ask("alice", None, "GET", f"{roles}/list", 403, workspace="blue")
ask("alice", None, "POST", f"{roles}/create", 403, json={"name": "mine", "workspace": "blue"})
ask("alice", "red", "POST", f"{users}/permissions/grant", json={"username": "dave", "resource_type": "prompt", "resource_id": "*", "permission": "READ"})
ask("alice", "blue", "POST", f"{users}/permissions/grant", 403, json={"username": "dave", "resource_type": "prompt", "resource_id": "*", "permission": "READ"})
assert len(ask("alice", None, "GET", f"{users}/permissions/list", username="dave")["permissions"]) == 1
ask("alice", "red", "POST", f"{users}/permissions/revoke", json={"username": "dave", "resource_type": "prompt", "resource_id": "*"})
ask("alice", None, "POST", f"{WORKSPACES}/red/permissions", json={"username": "dave", "permission": "USE"})  # as up to 3.12
ask("dave", None, "GET", f"{WORKSPACES}/red", 200)
ask("alice", None, "DELETE", f"{WORKSPACES}/red/permissions", 204, username="dave")

step("each member sees the own workspace, and nobody changes it")
for who, sees in (("admin", {"default", "red", "blue"}), ("alice", {"red"}), ("bob", {"red"}), ("carol", {"blue"}), ("dave", set())):
    if SHARED:
        sees.add("default")
    assert {w["name"] for w in ask(who, None, "GET", WORKSPACES).get("workspaces", [])} == sees, who
for who, name, status in (("bob", "red", 200), ("bob", "blue", 403), ("dave", "red", 403), ("alice", "nowhere", 403)):
    ask(who, None, "GET", f"{WORKSPACES}/{name}", status)
for method, who in (("PATCH", "alice"), ("DELETE", "alice"), ("PATCH", "carol"), ("DELETE", "dave")):
    ask(who, None, method, f"{WORKSPACES}/red", 403, json={"description": "mine"} if method == "PATCH" else None)
ask("alice", "red", "POST", WORKSPACES, 403, json={"name": "green"})

step("who may use a workspace creates in it, and manages that; nobody else creates there")
made = {}
for who, workspace in (("bob", "red"), ("carol", "blue")):
    inside(workspace)
    with user(who) as client:
        exp = client.create_experiment("same")
        run = client.create_run(exp).info.run_id
        client.log_metric(run, "m", 1)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "secret.txt")
            with open(path, "w") as f:
                f.write("secret of " + workspace)
            client.log_artifact(run, path)
        client.create_registered_model("same")
        uri = client.get_run(run).info.artifact_uri
        assert f"/workspaces/{workspace}/{exp}/" in uri, uri
        client.create_model_version("same", uri, run)
        mlflow.genai.register_prompt("ask", f"{workspace} {{{{what}}}}")
        made[workspace] = exp, run, uri.partition(":/")[2]
for who, workspace in (("bob", "blue"), ("bob", "default"), ("carol", "red"), ("dave", "red"), ("dave", "default")):
    inside(workspace)
    with user(who) as client:
        for attempt in (lambda: client.create_experiment("another"), lambda: client.create_registered_model("another")):
            with refused():
                attempt()

step("everybody sees the own workspace's things alone; the manager all of it")
exp, run, files = made["red"]
for who, workspace, sees in (("bob", "red", True), ("alice", "red", True), ("carol", "red", False), ("alice", "blue", False), ("bob", "blue", False)):
    inside(workspace)
    with user(who) as client:
        names = {e.name for e in client.search_experiments()}, {m.name for m in client.search_registered_models()}
        own = {"same"} if sees else set()
        assert names == (own, own), (who, workspace, names)
        assert [v.name for v in client.search_model_versions("name = 'same'")] == ["same"] * sees
        if sees:
            assert mlflow.genai.load_prompt("prompts:/ask/1", cache_ttl_seconds=0).template == "red {{what}}"
            assert client.get_run(run).data.metrics == {"m": 1}
inside("red")
with user("alice") as alice:
    alice.set_registered_model_tag("same", "seen by", "alice")
    with open(alice.download_artifacts(run, "secret.txt")) as f:
        assert f.read() == "secret of red"

step("ids and names of another workspace lead nowhere, in whatever workspace they are asked for")
get_run, get_model = "/api/2.0/mlflow/runs/get", "/api/2.0/mlflow/registered-models/get"
for who, workspace in (("carol", "red"), ("carol", "blue"), ("carol", None), ("bob", "blue"), ("bob", None), ("dave", "red"), ("dave", None)):
    ask(who, workspace, "GET", get_run, 403, run_id=run)
    ask(who, workspace, "GET", "/api/2.0/mlflow/experiments/get", 404 if SHARED and not workspace else 403, experiment_id=exp)
    ask(who, workspace, "POST", "/api/2.0/mlflow/runs/log-metric", 403, json={"run_id": run, "key": "m", "value": 2, "timestamp": 1})
ask("bob", "blue", "GET", get_model, 403, name="same")
ask("bob", "blue", "DELETE", "/api/2.0/mlflow/registered-models/delete", 403, json={"name": "same"})
ask("bob", "red", "GET", get_model, name="same")
query = "query G($i: MlflowGetRunInput!) {mlflowGetRun(input: $i) {run {info {runId}}}}"
for who, workspace, found in (("bob", "red", True), ("carol", "red", False), ("carol", "blue", False), ("alice", "red", True), ("alice", "blue", False)):
    answer = ask(who, workspace, "POST", "/graphql", json={"query": query, "variables": {"i": {"runId": run}}})
    assert bool(answer["data"]["mlflowGetRun"]) == found, (who, workspace, answer)

step("files stay in their workspace")
A = "/api/2.0/mlflow-artifacts/artifacts"
assert ask("bob", "red", "GET", f"{A}/{files}/secret.txt") == "secret of red"
for who, workspace, path, status in (
    ("carol", "blue", files, 400), ("carol", "red", files, 403), ("carol", None, files, 400), ("carol", "blue", files.removeprefix("workspaces/red/"), 403),
    ("alice", "blue", files, 400), ("alice", None, files, 400), ("alice", "red", made["blue"][2], 400), ("dave", "red", files, 403),
):
    ask(who, workspace, "GET", f"{A}/{path}/secret.txt", status)
    ask(who, workspace, "GET", A, status, path=path)
for source, status in (
    (f"mlflow-artifacts:/{files}", 400), (f"runs:/{run}/x", 403), (f"mlflow-artifacts:/{exp}/{run}/artifacts", 403), ("models:/same@none", 400),
):
    r = rest("POST", "/api/2.0/mlflow/model-versions/create", ("carol", password("carol")), json={"name": "same", "source": source}, headers={HEADER: "blue"})
    assert r.status_code in (status, 404), (source, r.status_code, r.text)

step("the header is read one way only")


def status(*lines):
    """What bob gets who asks for the run with these lines of the header, byte by byte."""
    url = urlsplit(URI)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    connection.putrequest("GET", f"{get_run}?run_id={run}")
    connection.putheader("Authorization", "Basic " + base64.b64encode(f"bob:{password('bob')}".encode()).decode())
    for line in lines:
        connection.putheader(HEADER, line)
    connection.endheaders()
    return connection.getresponse().status


for lines, want in (
    (["red"], 200), ([" red "], 200),  # HTTP takes off the blanks around a value
    (["RED"], 400), (["red,blue"], 400), (["red", "red"], 400), (["red", "blue"], 400), (["blue", "red"], 400), ([""], 400), (["../red"], 400),
    (["workspaces"], 400), (["r"], 400), (["blue"], 403), (["default"], 403), ([], 403),
):
    assert status(*lines) == want, (lines, status(*lines))
ask("bob", "nowhere", "GET", get_run, 403, run_id=run)
ask("admin", "nowhere", "GET", get_run, 404, run_id=run)
ask("admin", "red", "GET", get_run, run_id=run)
ask("admin", "blue", "GET", get_run, 404, run_id=run)

step("the default workspace is shared, or nobody's")
inside("default")
with admin() as root:
    common = root.create_experiment("common")
ask("dave", None, "GET", "/api/2.0/mlflow/experiments/get", 200 if SHARED else 403, experiment_id=common)
with user("dave") as dave:
    assert {e.name for e in dave.search_experiments()} == ({"Default", "common"} if SHARED else set())

step("a workspace that is deleted takes the grants in it along")
ask("admin", None, "DELETE", f"{WORKSPACES}/blue", 204, mode="CASCADE")
ask("admin", None, "POST", WORKSPACES, 201, json={"name": "blue"})
ask("carol", None, "GET", f"{WORKSPACES}/blue", 403)
inside("blue")
with user("carol") as carol, refused():
    carol.create_experiment("mine again")
inside("red")
with user("bob") as bob:
    bob.delete_registered_model("same")
    bob.create_registered_model("same")
