"""Service accounts of a cluster, by MLflow's own plugins `kubernetes` and `kubernetes-namespaced`: from a kubeconfig, and from the files of a pod.

CLUSTER is a folder with a kubeconfig for each account, and with a pod's token.
"""

import contextlib
import os
import pathlib

import mlflow
from kubernetes.config import kube_config
from mlflow.tracking.request_auth import kubernetes_request_auth_provider as plugin
from mlflow.utils import workspace_context
from stage import ADMIN, URI, admin, auth_client, refused, rest, step

CLUSTER = pathlib.Path(os.environ["CLUSTER"])
WORKSPACES = "/api/3.0/mlflow/workspaces"


@contextlib.contextmanager
def account(name, provider="kubernetes-namespaced"):
    """Be whoever a kubeconfig names."""
    os.environ.update(MLFLOW_TRACKING_AUTH=provider, KUBECONFIG=str(CLUSTER / name))
    kube_config.KUBE_CONFIG_DEFAULT_LOCATION = os.environ["KUBECONFIG"]  # which was read once, when the module was
    mlflow.set_tracking_uri(URI)
    try:
        yield mlflow.MlflowClient(URI)
    finally:
        del os.environ["MLFLOW_TRACKING_AUTH"], os.environ["KUBECONFIG"]
        workspace_context.set_workspace(None)  # the plugin keeps it


def named(name):
    """The account, as the admin sees it."""
    with admin():
        return auth_client().get_user(name)


for name in ("red", "blue"):
    assert rest("POST", WORKSPACES, ADMIN, json={"name": name}).status_code == 201

step("a service account has what its namespace's role has, in the workspace of that name")
with account("trainer") as client:
    experiment = client.create_experiment("trained in a cluster")
    run = client.create_run(experiment).info.run_id
    client.log_metric(run, "accuracy", 0.5)
    assert client.get_run(run).data.metrics == {"accuracy": 0.5}
    assert "/workspaces/red/" in client.get_run(run).info.artifact_uri
made = named("k8s.red.trainer")
assert not made.is_admin, made

step("without the namespace the workspace is the default one, where the role is nothing")
with account("trainer", "kubernetes") as client, refused():
    client.create_experiment("elsewhere")

step("a context that says another namespace than the token does is not believed")
with account("stranger") as client:
    with refused():
        client.get_run(run)
    with refused():
        client.create_experiment("taken over")
assert named("k8s.blue.trainer").id != made.id

step("tokens for the API server, expired ones and those of another cluster are nobody's")
for name in ("apiserver", "expired", "forged"):
    with account(name) as client, refused(401, None):
        client.get_run(run)

step("a pod's own files")
plugin._SERVICE_ACCOUNT_TOKEN_PATH = CLUSTER / "pod"
plugin._SERVICE_ACCOUNT_NAMESPACE_PATH = CLUSTER / "namespace"
(CLUSTER / "namespace").write_text("red")
with account("no kubeconfig") as client:
    with refused():
        client.get_run(run)  # the trainer's; the role is for making one's own
    mine = client.create_run(client.create_experiment("of a pod")).info.run_id
    client.log_metric(mine, "m", 1)

step("who is disabled here is out at once, whatever the cluster says")
named("k8s.red.batch")
for disabled in (True, False):
    body = {"username": "k8s.red.batch", "disabled": disabled}
    rest("PATCH", "/api/1.0/extauthz/users/update-disabled", ADMIN, json=body).raise_for_status()
    with account("no kubeconfig") as client:
        if disabled:
            with refused(401, None):
                client.log_metric(mine, "m", 2)
        else:
            client.log_metric(mine, "m", 2)
print("ok")
