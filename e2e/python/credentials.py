"""Every credential that MLflow's client sends by a documented environment variable, and what each is worth."""

import contextlib
import os
import pathlib
import tempfile
import time

import mlflow
import mlflow.server
import requests
from mlflow.tracking.request_auth.abstract_request_auth_provider import RequestAuthProvider
from mlflow.tracking.request_auth.registry import _request_auth_provider_registry

from stage import ADMIN, NEWER, URI, admin, password, refused, user

OURS = URI + "/api/1.0/extauthz/"


@contextlib.contextmanager
def environment(**variables):
    """Be a client that has nothing but these."""
    with tempfile.TemporaryDirectory() as home:
        variables["HOME"] = home
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        mlflow.set_tracking_uri(URI)
        try:
            yield mlflow.MlflowClient(URI)
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def keep(*secrets):
    """Note what must be nowhere afterwards."""
    with open(os.environ["SECRETS"], "a") as f:
        f.writelines(secret + "\n" for secret in secrets if secret)


def issue(what, name, **wanted):
    answer = requests.post(OURS + what + "/create", json={"name": name, **wanted}, auth=("ann", password("ann")), timeout=60)
    answer.raise_for_status()
    keep(*(answer.json().get(k) for k in ("token", "secret_access_key", "session_token")))
    return answer.json()


def token(name, **wanted):
    return issue("tokens", name, **wanted)["token"]


def revoke(what, name):
    requests.delete(OURS + what + "/delete", json={"name": name}, auth=("ann", password("ann")), timeout=60).raise_for_status()


def nobody():
    return refused(401, None)


keep(ADMIN[1], password("ann"), password("bob"))
with admin():
    auth = mlflow.server.get_app_client("basic-auth", URI)
    auth.create_user("ann", password("ann"))
    auth.create_user("bob", password("bob"))
with user("ann") as client:
    mine, other = client.create_experiment("mine"), client.create_experiment("other")
    run = client.create_run(mine)

# Tokens: MLFLOW_TRACKING_TOKEN, in the password's place, and in ~/.mlflow/credentials.
whole = token("whole")
with environment(MLFLOW_TRACKING_TOKEN=whole) as client:
    client.log_metric(run.info.run_id, "by_token", 1)
    client.set_tag(run.info.run_id, "k", "v")
    client.delete_tag(run.info.run_id, "k")
    assert client.get_run(run.info.run_id).data.metrics["by_token"] == 1
    made = client.create_experiment("made by a token")
with user("ann") as client:  # whose the token is
    client.delete_experiment(made)
with environment(MLFLOW_TRACKING_USERNAME="ann", MLFLOW_TRACKING_PASSWORD=whole) as client:
    client.get_experiment(mine)
with environment(MLFLOW_TRACKING_USERNAME="bob", MLFLOW_TRACKING_PASSWORD=whole) as client, nobody():
    client.get_experiment(mine)
with environment() as client:
    with nobody():
        client.get_experiment(mine)
    path = pathlib.Path(os.environ["HOME"], ".mlflow", "credentials")
    path.parent.mkdir()
    path.write_text(f"[mlflow]\nmlflow_tracking_username = ann\nmlflow_tracking_password = {whole}\n")
    client.log_metric(run.info.run_id, "by_file", 1)

# Restricted ones: less than their user, and nothing about permissions.
with environment(MLFLOW_TRACKING_TOKEN=token("reader", read_only=True)) as client:
    client.get_run(run.info.run_id)
    assert {e.name for e in client.search_experiments()} >= {"mine", "other"}
    with refused():
        client.log_metric(run.info.run_id, "x", 1)
    with refused():
        client.create_experiment("x")
    with refused():
        mlflow.server.get_app_client("basic-auth", URI).update_user_password("ann", "another long password")
only = token("only", resources=[{"resource_type": "experiment", "resource_id": mine, "permission": "EDIT"}])
with environment(MLFLOW_TRACKING_TOKEN=only) as client:
    client.log_metric(run.info.run_id, "scoped", 1)
    assert [e.name for e in client.search_experiments()] == ["mine"]
    with refused():
        client.get_experiment(other)
    with refused():
        client.delete_experiment(mine)

# Expiry and revocation hold from the next request.
with environment(MLFLOW_TRACKING_TOKEN=token("short", expires_in=2)) as client:
    client.get_experiment(mine)
    time.sleep(2.1)  # the expiry itself is what is awaited
    with nobody():
        client.get_experiment(mine)
with environment(MLFLOW_TRACKING_TOKEN=whole) as client:
    client.get_experiment(mine)
    revoke("tokens", "whole")
    with nobody():
        client.get_experiment(mine)


# A plugin's header and scheme (MLFLOW_TRACKING_AUTH).
class Key(RequestAuthProvider):
    headers = {}

    def get_name(self):
        return "key"

    def get_auth(self):
        def sign(r):
            r.headers.update(Key.headers)
            return r

        return sign


_request_auth_provider_registry.register(Key)
again = token("again")
with environment(MLFLOW_TRACKING_AUTH="key") as client:
    Key.headers = {"X-Api-Key": again}
    client.get_experiment(mine)
    Key.headers = {"X-Api-Key": again[:-1]}
    with nobody():
        client.get_experiment(mine)
    Key.headers = {"X-Other-Key": again}
    with nobody():
        client.get_experiment(mine)
    Key.headers = {"X-Api-Key": again, "Authorization": "Bearer " + again}
    with nobody():
        client.get_experiment(mine)

# AWS Signature Version 4 (MLFLOW_TRACKING_AWS_SIGV4): GET, POST, PATCH, DELETE, queries; lasting and temporary keys.
for wanted in ({}, {"temporary": True, "expires_in": 600}):
    name = "temporary" if wanted else "lasting"
    key = issue("access-keys", name, **wanted)
    signing = {
        "MLFLOW_TRACKING_AWS_SIGV4": "true", "AWS_ACCESS_KEY_ID": key["access_key_id"], "AWS_SECRET_ACCESS_KEY": key["secret_access_key"],
        "AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true",
    }
    if wanted:
        signing["AWS_SESSION_TOKEN"] = key["session_token"]
    with environment(**signing) as client:
        client.log_metric(run.info.run_id, "signed by a key that is " + name, 1)
        client.search_runs([mine], filter_string="metrics.by_token > 0.5 and tags.`a b` != 'ü+%'")
        if NEWER:
            with refused(400, "INVALID_PARAMETER_VALUE"):  # MLflow says so, not the check
                client.create_registered_model("a/b")
        model = client.create_registered_model("model." + name)
        client.update_registered_model(model.name, "signed")
        client.rename_registered_model(model.name, name + " model ü")
        assert client.get_registered_model(name + " model ü").description == "signed"
        client.delete_registered_model(name + " model ü")
        auth = mlflow.server.get_app_client("basic-auth", URI)
        assert auth.get_user("ann").username == "ann"  # our own endpoints believe the check
        with refused():
            auth.create_user("eve", password("eve"))
        with refused(401, None):
            os.environ["AWS_SECRET_ACCESS_KEY"] = key["secret_access_key"][::-1]
            client.get_experiment(mine)
        os.environ["AWS_SECRET_ACCESS_KEY"] = key["secret_access_key"]
        client.get_experiment(mine)
        revoke("access-keys", name)
        with nobody():
            client.get_experiment(mine)

# What was used is noted, some time later; the secrets are nowhere in the list.
listed = requests.get(OURS + "tokens/list", auth=("ann", password("ann")), timeout=60).json()["credentials"]
assert {c["name"] for c in listed} == {"reader", "only", "short", "again"}, listed

# A service account has tokens and no password.
answer = requests.post(OURS + "users/create-service-account", json={"username": "batch"}, auth=ADMIN, timeout=60)
answer.raise_for_status()
answer = requests.post(OURS + "tokens/create", json={"username": "batch", "name": "t"}, auth=ADMIN, timeout=60)
answer.raise_for_status()
keep(answer.json()["token"])
with environment(MLFLOW_TRACKING_TOKEN=answer.json()["token"]) as client:
    client.get_experiment(mine)
    with refused():
        client.log_metric(run.info.run_id, "x", 1)
with admin(), refused(400, "BAD_REQUEST"):
    mlflow.server.get_app_client("basic-auth", URI).update_user_password("batch", "a long enough password")
# Disabled, it is out at once.
with environment(MLFLOW_TRACKING_TOKEN=answer.json()["token"]) as client:
    requests.patch(OURS + "users/update-disabled", json={"username": "batch", "disabled": True}, auth=ADMIN, timeout=60).raise_for_status()
    with nobody():
        client.get_experiment(mine)
