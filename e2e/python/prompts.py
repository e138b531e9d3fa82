"""Prompts live among the registered models, and have grants of their own: registered, loaded, searched, given an alias and deleted."""

import os

import mlflow
from stage import ADMIN, NEWER, password, refused, rest, step, user

for kind in ("ALIAS", "VERSION"):  # the client remembers prompts, whoever loaded them
    os.environ[f"MLFLOW_{kind}_PROMPT_CACHE_TTL_SECONDS"] = "0"
prompts = mlflow.genai if NEWER else mlflow
BOB = ("bob", password("bob"))
IS_PROMPT = "mlflow.prompt.is_prompt"


def grant(who, kind, name, permission, by=("alice", password("alice"))):
    on = {"username": who, "resource_type": kind, "resource_id": name}
    rest("POST", "/api/3.0/mlflow/users/permissions/revoke", by, json=on)
    r = rest("POST", "/api/3.0/mlflow/users/permissions/grant", by, json=on | {"permission": permission})
    assert r.status_code == 200, r.text


def search(client):
    """What bob sees of registered models and prompts, by the requests that the client and the web UI send."""
    found = set()
    for filter in (f"tags.`{IS_PROMPT}` = 'true'", f"tags.`{IS_PROMPT}` != 'true'"):
        found |= {m.name for m in client.search_registered_models(filter_string=filter)}
    return found


def versions(client, name):
    return [v.version for v in client.search_model_versions(f"name = '{name}' AND tags.`{IS_PROMPT}` = 'true'")]


def registry(who, method, what, expect=200, **params):
    """A request of the registry that MLflow's client has only for models, by who."""
    where = {"params": params} if method == "GET" else {"json": params}
    r = rest(method, f"/api/2.0/mlflow/{what}", ADMIN if who == "admin" else (who, password(who)), **where)
    assert r.status_code == expect, r.text


def denied(what):
    """load_prompt of MLflow 2 answers None, later ones raise what the server said, or what they make of it."""
    try:
        assert what() is None
    except Exception as e:
        assert "PERMISSION_DENIED" in str(e) or "403" in str(e) or "ermission denied" in str(e) or "does not exist" in str(e), e


step("alice registers a prompt, whose creator manages it")
with user("alice") as alice:
    prompts.register_prompt("greeting", "Hello {{name}}")
    prompts.register_prompt("greeting", "Good day {{name}}", tags={"tone": "formal"})
    prompts.set_prompt_alias("greeting", "best", 2)
    assert prompts.load_prompt("prompts:/greeting@best").template.startswith("Good day")
    alice.create_registered_model("statue")
    r = rest("GET", "/api/3.0/mlflow/users/current/permissions", ("alice", password("alice")))
    assert ("prompt", "greeting", "MANAGE") in {(p["resource_type"], p.get("resource_pattern", p.get("resource_id")), p["permission"]) for p in r.json()["permissions"]}, r.text

step("bob may load it, as everybody may read, and change nothing")
with user("bob") as bob:
    assert prompts.load_prompt("prompts:/greeting/1").template.startswith("Hello")
    assert "greeting" in search(bob) and len(versions(bob, "greeting")) == 2
    for attempt in (
        lambda: prompts.register_prompt("greeting", "Bye {{name}}"),
        lambda: prompts.set_prompt_alias("greeting", "worst", 1),
        lambda: prompts.delete_prompt_alias("greeting", "best"),
    ):
        with refused():
            attempt()
registry("bob", "DELETE", "registered-models/delete", 403, name="greeting")
registry("bob", "POST", "registered-models/rename", 403, name="greeting", new_name="mine")

step("DENY on the prompt hides it; a grant on a model of its name does not bring it back")
with user("alice"):
    grant("bob", "prompt", "greeting", "DENY")
grant("bob", "registered_model", "greeting", "MANAGE", ADMIN)
with user("bob") as bob:
    denied(lambda: prompts.load_prompt("prompts:/greeting/1"))
    denied(lambda: prompts.load_prompt("prompts:/greeting@best"))
    assert "greeting" not in search(bob) and "statue" in search(bob) and versions(bob, "greeting") == []
registry("bob", "GET", "registered-models/get", 403, name="greeting")
registry("bob", "GET", "registered-models/alias", 403, name="greeting", alias="best")
with user("alice") as alice:
    assert "greeting" in search(alice) and len(versions(alice, "greeting")) == 2

step("EDIT on the prompt lets bob add versions and aliases, and delete nothing")
with user("alice"):
    grant("bob", "prompt", "greeting", "EDIT")
with user("bob") as bob:
    assert int(prompts.register_prompt("greeting", "Hi {{name}}").version) == 3
    prompts.set_prompt_alias("greeting", "short", 3)
r = rest("DELETE", "/api/2.0/mlflow/model-versions/delete", BOB, json={"name": "greeting", "version": "3"})
assert r.status_code == 403, r.text

step("a prompt's version has no files: nobody gets at others' by calling theirs one")
with user("alice") as alice:
    secret = alice.create_experiment("prompts are tried here")
    grant("bob", "experiment", secret, "DENY")
with user("bob") as bob:
    own = {"name": "greeting", "tags": [{"key": IS_PROMPT, "value": "true"}]}
    for source in ("/etc", "file:///etc", f"mlflow-artifacts:/{secret}/x", "../..", "dummy-source/..", "s3://secret/x"):
        r = rest("POST", "/api/2.0/mlflow/model-versions/create", BOB, json=own | {"source": source})
        assert r.status_code in (400, 403), (source, r.text)
    r = rest("POST", "/api/2.0/mlflow/model-versions/create", BOB, json=own | {"source": "dummy-source"})
    assert r.status_code == 200, r.text

step("what is a prompt stays one, and a model a model: only an admin changes the tag")
with user("alice") as alice:
    with refused():
        alice.set_registered_model_tag("statue", IS_PROMPT, "true")
    alice.set_registered_model_tag("statue", "made of", "marble")
registry("alice", "DELETE", "registered-models/delete-tag", 403, name="greeting", key=IS_PROMPT)
registry("alice", "POST", "model-versions/set-tag", 403, name="greeting", version="1", key=IS_PROMPT, value="false")
registry("admin", "POST", "registered-models/set-tag", name="statue", key=IS_PROMPT, value="true")
registry("admin", "DELETE", "registered-models/delete-tag", name="statue", key=IS_PROMPT)

step("renamed, it keeps its grants; deleted, it leaves none, for a model of its name neither")
registry("alice", "POST", "registered-models/rename", name="greeting", new_name="salute")
with user("bob"):
    assert prompts.load_prompt("prompts:/salute@short").template.startswith("Hi")
    prompts.set_prompt_alias("salute", "shorter", 3)
registry("alice", "DELETE", "registered-models/delete", name="salute")
with user("alice") as alice:
    alice.create_registered_model("salute")
with user("bob") as bob, refused():
    bob.update_registered_model("salute", "taken over")
with user("bob") as bob:
    bob.create_registered_model("greeting")  # the name is free again
    bob.delete_registered_model("greeting")

step("DENY on all prompts forbids making one, and nothing else")
grant("bob", "prompt", "*", "DENY", ADMIN)
with user("bob") as bob:
    denied(lambda: prompts.register_prompt("bobs", "x {{y}}"))
    bob.create_registered_model("bobs")
rest("POST", "/api/3.0/mlflow/users/permissions/revoke", ADMIN, json={"username": "bob", "resource_type": "prompt", "resource_id": "*"})
with user("bob") as bob:
    bob.delete_registered_model("bobs")
    prompts.register_prompt("bobs", "x {{y}}")
registry("bob", "DELETE", "registered-models/delete", name="bobs")
with user("alice") as alice:
    for name in ("statue", "salute"):
        alice.delete_registered_model(name)
