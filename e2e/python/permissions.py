"""Experiments and models of alice, and what bob may do with them at each level."""

import os
import tempfile

import mlflow
from mlflow.entities import Metric, Param, RunTag
from stage import NEWER, admin, auth_client, credentials_file, password, refused, rest, step, user


def grant(name, resource_type, resource, permission):
    """Set a permission the way the client of this release does; the older generation of the API answers to both."""
    if hasattr(auth_client(), "create_experiment_permission"):
        client = auth_client()
        kind = "experiment" if resource_type == "experiment" else "registered_model"
        try:
            getattr(client, f"create_{kind}_permission")(resource, name, permission)
        except mlflow.exceptions.RestException as e:
            assert e.error_code == "RESOURCE_ALREADY_EXISTS", e
            getattr(client, f"update_{kind}_permission")(resource, name, permission)
        got = getattr(client, f"get_{kind}_permission")(resource, name)
        assert got.permission == permission, got
        return
    who = (os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"])
    family, key = ("experiments", "experiment_id") if resource_type == "experiment" else ("registered-models", "name")
    body = {key: resource, "username": name, "permission": permission}
    r = rest("POST", f"/api/2.0/mlflow/{family}/permissions/create", who, json=body)
    if r.status_code == 400 and r.json()["error_code"] == "RESOURCE_ALREADY_EXISTS":
        r = rest("PATCH", f"/api/2.0/mlflow/{family}/permissions/update", who, json=body)
    assert r.status_code == 200, r.text


def log(run_id, client):
    client.log_param(run_id, "p" + os.urandom(4).hex(), "1")
    client.log_metric(run_id, "m", 1.5)
    client.set_tag(run_id, "t", "v")
    client.log_batch(run_id, [Metric("b", 2.0, 1, 0)], [Param("q" + os.urandom(4).hex(), "2")], [RunTag("u", "w")])


def file(size=5):
    f = tempfile.NamedTemporaryFile(suffix=".bin", delete=False)
    f.write(b"x" * size)
    f.close()
    return f.name


step("alice creates an experiment and holds MANAGE from the first moment")
with user("alice") as alice:
    exp = alice.create_experiment("paintings")
    grant("bob", "experiment", exp, "READ")
    run = alice.create_run(exp).info.run_id
    log(run, alice)
    path = file()
    alice.log_artifact(run, path)
    name = os.path.basename(path)
    with mlflow.start_run(run_id=run):
        import pandas

        mlflow.log_input(mlflow.data.from_pandas(pandas.DataFrame({"a": [1, 2]})), context="training")
    alice.create_registered_model("gallery")
    source = alice.get_run(run).info.artifact_uri + "/model"
    version = alice.create_model_version("gallery", source, run).version
    alice.set_registered_model_alias("gallery", "best", version)
    alice.set_model_version_tag("gallery", version, "k", "v")

step("bob reads all of it, by ~/.mlflow/credentials, and changes nothing")
with credentials_file("bob") as bob:
    assert bob.get_experiment(exp).name == "paintings"
    assert bob.get_experiment_by_name("paintings").experiment_id == exp
    assert bob.get_run(run).data.tags["t"] == "v"
    assert [r.info.run_id for r in bob.search_runs([exp])] == [run]
    assert [m.value for m in bob.get_metric_history(run, "m")] == [1.5]
    assert [a.path for a in bob.list_artifacts(run)] == [name]
    with open(bob.download_artifacts(run, name)) as f:
        assert f.read() == "xxxxx"
    assert bob.get_registered_model("gallery").aliases == {"best": str(version)} or NEWER
    assert bob.get_model_version_by_alias("gallery", "best").run_id == run
    assert "gallery" in [m.name for m in bob.search_registered_models()]
    assert [m.name for m in bob.search_model_versions("name='gallery'")] == ["gallery"]
    for attempt in (
        lambda: log(run, bob),
        lambda: bob.log_artifact(run, path),
        lambda: bob.create_run(exp),
        lambda: bob.set_terminated(run),
        lambda: bob.delete_run(run),
        lambda: bob.rename_experiment(exp, "mine"),
        lambda: bob.set_experiment_tag(exp, "a", "b"),
        lambda: bob.delete_experiment(exp),
        lambda: bob.update_registered_model("gallery", "mine"),
        lambda: bob.create_model_version("gallery", source, run),
        lambda: bob.set_registered_model_alias("gallery", "worst", version),
        lambda: bob.delete_model_version("gallery", version),
        lambda: bob.delete_registered_model("gallery"),
        lambda: bob.rename_registered_model("gallery", "mine"),
    ):
        with refused():
            attempt()
with user("bob"), refused():
    grant("bob", "experiment", exp, "MANAGE")

step("with EDIT he logs into it and cannot delete it")
with user("alice"):
    grant("bob", "experiment", exp, "EDIT")
    grant("bob", "registered_model", "gallery", "EDIT")
with user("bob") as bob:
    log(run, bob)
    bob.log_artifact(run, path, "more")
    mine = bob.create_run(exp).info.run_id
    log(mine, bob)
    bob.update_registered_model("gallery", "edited")
    bob.create_model_version("gallery", source, run)
    for attempt in (
        lambda: bob.delete_run(mine),
        lambda: bob.delete_experiment(exp),
        lambda: bob.delete_registered_model("gallery"),
        lambda: bob.delete_model_version("gallery", version),
    ):
        with refused():
            attempt()
    with refused():
        grant("alice", "experiment", exp, "READ")

step("with MANAGE he deletes it, restores it and grants others")
with user("alice"):
    grant("bob", "experiment", exp, "MANAGE")
    grant("bob", "registered_model", "gallery", "MANAGE")
with user("bob") as bob:
    bob.delete_run(mine)
    bob.delete_experiment(exp)
    bob.restore_experiment(exp)
    grant("carol", "experiment", exp, "EDIT")
with user("carol") as carol:
    log(run, carol)

step("with NO_PERMISSIONS he can't read it")
with user("alice"):
    grant("bob", "experiment", exp, "NO_PERMISSIONS")
    grant("bob", "registered_model", "gallery", "NO_PERMISSIONS")
with user("bob") as bob:
    for attempt in (
        lambda: bob.get_experiment(exp),
        lambda: bob.get_experiment_by_name("paintings"),
        lambda: bob.get_run(run),
        lambda: bob.search_runs([exp]),
        lambda: bob.list_artifacts(run),
        lambda: bob.download_artifacts(run, name),
        lambda: bob.get_metric_history(run, "m"),
        lambda: bob.get_registered_model("gallery"),
        lambda: bob.get_model_version("gallery", version),
        lambda: bob.get_model_version_download_uri("gallery", version),
    ):
        with refused():
            attempt()
    assert exp not in [e.experiment_id for e in bob.search_experiments()]
    assert "gallery" not in [m.name for m in bob.search_registered_models()]
    assert bob.search_model_versions("name='gallery'") == []
with user("alice") as alice:
    assert exp in [e.experiment_id for e in alice.search_experiments()]
    assert "gallery" in [m.name for m in alice.search_registered_models()]

step("he cannot register a version from a run that he may not read")
with user("bob") as bob:
    bob.create_registered_model("copy")
    for args in ((source, run), (source, None), (f"runs:/{run}/model", None), ("models:/gallery/1", None)):
        with refused():
            bob.create_model_version("copy", *args)
    own = bob.create_experiment("bobs")
    r = bob.create_run(own)
    bob.create_model_version("copy", r.info.artifact_uri + "/model", r.info.run_id)

step("renamed models keep their grants")
with user("alice") as alice:
    alice.rename_registered_model("gallery", "museum")
    alice.update_registered_model("museum", "still mine")
with user("bob") as bob, refused():
    bob.get_registered_model("museum")

step("deleted ones lose them: whoever takes the name starts afresh")
with user("alice") as alice:
    alice.delete_registered_model("museum")
with user("bob") as bob:
    bob.create_registered_model("museum")
    bob.update_registered_model("museum", "bob's now")
with user("alice") as alice:
    assert alice.get_registered_model("museum").description == "bob's now"
    with refused():
        alice.update_registered_model("museum", "no longer hers")

step("100 MiB in one upload, past the check")
with user("alice") as alice:
    big = file(100 << 20)
    alice.log_artifact(run, big, "big")
    (info,) = alice.list_artifacts(run, "big")
    assert info.file_size == 100 << 20, info.file_size
print("ok")
