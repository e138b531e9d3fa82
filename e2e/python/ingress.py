"""A proxy that is not Envoy, which shows extauthz no responses, and bodies only where BODIES is "sent"."""

import http.client
import os
import pathlib
import tempfile

import mlflow
import requests
import stage
from stage import password, refused, step, user

ENVOY, INGRESS, SENT = stage.URI, os.environ["INGRESS"], os.environ["BODIES"] == "sent"
NAME = "behind port " + INGRESS.rpartition(":")[2]


def through(uri):
    stage.URI = uri


def ask(method, path, who="alice", **kwargs):
    return requests.request(method, INGRESS + path, auth=who and (who, password(who)), timeout=60, **kwargs)


def denied(response, status, reason):
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["Content-Type"] == "application/json", response.headers
    assert reason in response.json()["message"], response.text
    return response.json()


step("alice makes an experiment, a run and a model through Envoy")
with user("alice") as alice:
    exp = alice.create_experiment(NAME)
    run = alice.create_run(exp).info.run_id
    alice.log_metric(run, "m", 1.0)
    alice.create_registered_model(NAME)
with user("bob") as bob:
    hidden = bob.create_experiment("bob's " + NAME)
none = {"experiment_id": hidden, "username": "alice", "permission": "NO_PERMISSIONS"}
assert stage.rest("POST", "/api/2.0/mlflow/experiments/permissions/create", stage.ADMIN, json=none).status_code == 200

through(INGRESS)

step("nobody gets in without a credential, and the challenge is MLflow's own")
for who in (None, ("alice", "wrong password!")):
    r = requests.get(INGRESS + "/api/2.0/mlflow/runs/get?run_id=" + run, auth=who, timeout=60)
    assert r.status_code == 401 and r.headers["WWW-Authenticate"] == 'Basic realm="mlflow"', (r.status_code, r.headers)
    assert r.text.startswith("You are not authenticated."), r.text
assert requests.get(INGRESS + "/health", timeout=60).text == "OK"

step("alice reads what ids name, and no more than she may")
with user("alice") as alice:
    assert alice.get_run(run).data.metrics == {"m": 1.0}
    assert alice.get_experiment(exp).name == NAME
    assert alice.get_experiment_by_name(NAME).experiment_id == exp
    assert [m.value for m in alice.get_metric_history(run, "m")] == [1.0]
    assert alice.get_registered_model(NAME).name == NAME
    with refused():
        alice.get_experiment(hidden)
denied(ask("GET", "/api/2.0/mlflow/experiments/get?experiment_id=" + hidden), 403, "this needs READ on experiment")
assert ask("HEAD", "/api/2.0/mlflow/experiments/get?experiment_id=" + hidden).status_code == 403

step("artifacts go up and down")
with tempfile.TemporaryDirectory() as d, user("alice") as alice:
    path = pathlib.Path(d, "weights 1.bin")
    path.write_bytes(os.urandom(9 << 20))  # more than is shown to the check
    alice.log_artifact(run, str(path))
    small = pathlib.Path(d, "small.txt")
    small.write_text("small")
    alice.log_artifact(run, str(small))
    assert sorted(a.path for a in alice.list_artifacts(run)) == ["small.txt", "weights 1.bin"]
    assert pathlib.Path(alice.download_artifacts(run, "weights 1.bin", d)).read_bytes() == path.read_bytes()
    where = f"/api/2.0/mlflow-artifacts/artifacts/{exp}/{run}/artifacts/chunked.txt"
    assert ask("PUT", where, data=iter([b"in ", b"chunks"])).status_code == 200
    assert ask("GET", where).text == "in chunks"
    assert ask("PUT", where.replace(f"/{exp}/", f"/{hidden}/", 1), data=b"x").status_code == 403

step("what depends on a body")
with user("alice") as alice:
    if SENT:
        alice.log_metric(run, "n", 2.0)
        alice.set_tag(run, "t", "v")
        alice.log_param(run, "p", "1")
        assert [r.info.run_id for r in alice.search_runs([exp])] == [run]
        with refused():
            alice.search_runs([hidden])
        with mlflow.start_run(experiment_id=exp) as made:
            mlflow.log_metrics({"a": 1.0, "b": 2.0})
            mlflow.log_dict({"a": 1}, "a.json")
        assert alice.get_run(made.info.run_id).data.metrics == {"a": 1.0, "b": 2.0}
        version = alice.create_model_version(NAME, alice.get_run(run).info.artifact_uri + "/model", run).version
        assert alice.get_model_version(NAME, version).run_id == run
        with refused(400, "INVALID_PARAMETER_VALUE"):
            alice.set_tag(run, "", "")
        chunks = iter([b'{"run_id":"%s","key":"t","value":"w"}' % run.encode()])
        r = ask("POST", "/api/2.0/mlflow/runs/set-tag", data=chunks, headers={"Content-Type": "application/json"})
        assert r.status_code in (403, 411) and "bod" in r.json()["message"], r.text  # nginx withholds it, Envoy shows it
        r = ask("POST", "/api/2.0/mlflow/runs/log-batch", json={"run_id": run, "params": [{"key": "k", "value": "x" * (9 << 20)}]})
        assert r.status_code in (403, 413), r.text
        r = ask("GET", "/api/2.0/mlflow/runs/get?run_id=" + run, json={"run_id": run})
        denied(r, 400, "has no body")
    else:
        for attempt in (
            lambda: alice.log_metric(run, "n", 2.0),
            lambda: alice.set_tag(run, "t", "v"),
            lambda: alice.search_runs([exp]),
            lambda: alice.create_run(exp),
        ):
            with refused():
                attempt()
        denied(ask("POST", "/api/2.0/mlflow/runs/set-tag", json={"run_id": run}), 403, "does not show request bodies")

step("a path with a second reading is refused, whatever the proxy makes of it")


def status(target):
    """The status of a target that no client library touches."""
    host, _, port = INGRESS.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.putrequest("GET", target, skip_accept_encoding=True)
    connection.putheader("Authorization", requests.auth._basic_auth_str("alice", password("alice")))
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    return response.status


WHERE = "/api/2.0/mlflow/experiments/get?experiment_id="
assert status(WHERE + exp) == 200
for target in (
    "/" + WHERE, WHERE.replace("/mlflow", "//mlflow"), WHERE.replace("/mlflow/", "%2fmlflow/"), WHERE.replace("/mlflow/", "/x/%2e%2e/mlflow%2F"), WHERE.replace("get", "%67et"),
    WHERE.replace("get", "%2567et"), WHERE.replace("/mlflow", "/./mlflow/%2e"), WHERE.replace("/mlflow", "/mlflow;x"), WHERE.replace("/mlflow", "\\mlflow"), WHERE + exp + "&experiment_id=",
):
    assert status(target + hidden) in (400, 403, 404), (target, status(target + hidden))
    assert status(target + hidden) != 200 and status(WHERE + hidden) == 403

step("a client cannot say what only the proxy may say")
for name, value in (
    ("X-Original-URI", WHERE + exp), ("X-Original-URL", INGRESS + WHERE + exp), ("X-Original-Method", "HEAD"), ("X-Forwarded-Uri", WHERE + exp), ("X-Forwarded-Method", "OPTIONS"),
    ("X-Original-Body", "none"), ("X-Extauthz-Upstream", "auth-api"), ("X-Extauthz-Principal", "admin"), ("X-Envoy-Original-Path", "/health"), ("Connection", "X-Original-URI, X-Forwarded-Uri"),
):
    assert ask("GET", WHERE + hidden, headers={name: value}).status_code in (400, 403), name
    assert ask("GET", "/health", who=None, headers={name: value}).text in ("OK", ""), name
for name in ("X_Original_URI", "X_Forwarded_Uri", "X_Mlflow_Workspace"):
    assert ask("GET", WHERE + hidden, headers={name: WHERE + exp}).status_code in (400, 403), name

step("what needs its response read is for Envoy")
with user("alice") as alice:
    with refused():
        alice.create_experiment("another " + NAME)
    with refused():
        alice.search_registered_models()
    through(ENVOY)
with user("alice") as alice:
    assert alice.get_experiment_by_name("another " + NAME) is None
    through(INGRESS)

step("the auth API is there too, and knows who asks")
with stage.admin():
    assert stage.auth_client().get_user("alice").username == "alice"
    stage.auth_client().create_user("carol" + INGRESS[-5:], password("carol"))
assert ask("GET", "/api/2.0/mlflow/users/current").json()["user"]["username"] == "alice"
with user("alice"), refused():
    stage.auth_client().create_user("mallory", password("mallory"))
