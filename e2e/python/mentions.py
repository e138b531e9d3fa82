"""What an answer says of other things goes missing for those to whom these are denied, and only for them. Every look is twice: without the
DENY the mention is there, so that the test can fail."""

import json

import mlflow
from stage import ADMIN, admin, auth_client, password, rest, step, user

with admin():
    auth_client().create_user("grace", password("grace"))
with user("alice") as alice:
    exp = alice.create_experiment("mentions")
    mlflow.set_experiment(experiment_id=exp)
    with mlflow.start_run() as active:
        run = active.info.run_id
        logged = mlflow.create_external_model(name="lm")
        mlflow.log_metric("acc", 1, model_id=logged.model_id)
        with mlflow.start_span("call") as span:
            trace = span.trace_id
    mlflow.flush_trace_async_logging()
    mlflow.log_feedback(trace_id=trace, name="good", value=True)
    alice.create_registered_model("mentioned")
    alice.create_model_version("mentioned", source=f"runs:/{run}/x", run_id=run)
    auth_client().grant_user_permission("grace", "experiment", exp, "EDIT")
    auth_client().grant_user_permission("grace", "registered_model", "mentioned", "EDIT")


GRACE = ("grace", password("grace"))


def says(method, path, mention, body=None, as_=GRACE):
    r = rest(method, path, as_, json=body)
    assert r.status_code == 200, (path, r.status_code, r.text)
    return mention in json.dumps(r.json())  # in one spelling, whoever wrote the body


def deny(kind):
    with admin():
        auth_client().grant_user_permission("grace", kind, "*", "DENY")


def permit(kind):
    with admin():
        auth_client().revoke_user_permission("grace", kind, "*")


from_run = f'"run_id": "{run}"'
LOOKS = {
    "run": [
        ("GET", "/api/2.0/mlflow/model-versions/get?name=mentioned&version=1", from_run),
        ("GET", "/api/2.0/mlflow/model-versions/search", from_run),
        ("GET", "/api/2.0/mlflow/registered-models/get?name=mentioned", from_run),
        ("GET", "/api/2.0/mlflow/registered-models/search", from_run),
        ("POST", "/api/2.0/mlflow/registered-models/get-latest-versions", from_run, {"name": "mentioned"}),
        ("GET", f"/api/2.0/mlflow/logged-models/{logged.model_id}", run),
        ("POST", "/api/2.0/mlflow/logged-models/search", run, {"experiment_ids": [exp]}),
        ("GET", f"/api/3.0/mlflow/traces/{trace}", run),
        ("POST", "/api/3.0/mlflow/traces/batchGetInfos", run, {"trace_ids": [trace]}),
    ],
    "logged_model": [
        ("GET", f"/api/2.0/mlflow/runs/get?run_id={run}", logged.model_id),
    ],
    "assessment": [
        ("GET", f"/api/3.0/mlflow/traces/{trace}", "feedback"),
        ("POST", "/api/3.0/mlflow/traces/batchGetInfos", "feedback", {"trace_ids": [trace]}),
        ("POST", "/api/3.0/mlflow/traces/search", "feedback", {"locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": exp}}]}),
    ],
    "registered_model_version": [("GET", "/api/2.0/mlflow/registered-models/get?name=mentioned", "latest_versions")],
}
for kind, looks in LOOKS.items():
    step(f"a DENY on every {kind}")
    before = [look for look in looks if says(look[0], look[1], look[2], *look[3:])]
    missing = [look for look in looks if look not in before]
    assert not missing, f"without a DENY the mention is not there either: {missing}"
    deny(kind)
    for look in looks:
        assert not says(look[0], look[1], look[2], *look[3:]), look
        assert says(look[0], look[1], look[2], *look[3:], as_=ADMIN), look
    permit(kind)
    assert says(looks[0][0], looks[0][1], looks[0][2], *looks[0][3:]), looks[0]
print("ok")
