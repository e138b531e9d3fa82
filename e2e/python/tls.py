"""TLS with the three variables that MLflow's client has for it, and client certificates in a password's place.

CERTIFICATES is a directory with what e2e/tls_test.go issued.
"""

import os
import pathlib

import mlflow
import requests

from stage import ADMIN, auth_client, environment, password, refused, step

CERTIFICATES = pathlib.Path(os.environ["CERTIFICATES"])
CA = str(CERTIFICATES / "ca.pem")


def known(**variables):
    """Be a client that knows the server's authority."""
    return environment(MLFLOW_TRACKING_SERVER_CERT_PATH=CA, **variables)


def certified(name, **variables):
    """Be a client with that certificate."""
    return known(MLFLOW_TRACKING_CLIENT_CERT_PATH=str(CERTIFICATES / f"{name}.pem"), **variables)


def by_password(name, secret=None):
    return {"MLFLOW_TRACKING_USERNAME": name, "MLFLOW_TRACKING_PASSWORD": secret or password(name)}


class no_connection:
    """The block must fail before there is an HTTP answer."""

    def __init__(self, *why):
        self.why = why

    def __enter__(self):
        pass

    def __exit__(self, _, e, __):
        assert e is not None, "there was an answer"
        assert any(why in str(e) for why in self.why), f"wanted {self.why}: {e}"
        return True


step("passwords work over TLS")
with known(**by_password(*ADMIN)):
    auth = auth_client()
    for name in ("alice", "bob"):
        auth.create_user(name, password(name))
with known(**by_password("alice")) as client:
    mine = client.create_experiment("mine")

step("a client that does not know the authority sends nothing; nor one that knows another")
with environment(**by_password("alice")) as client, no_connection("CERTIFICATE_VERIFY_FAILED"):
    client.get_experiment(mine)
with environment(MLFLOW_TRACKING_SERVER_CERT_PATH=str(CERTIFICATES / "other-ca.pem"), **by_password("alice")) as client:
    with no_connection("CERTIFICATE_VERIFY_FAILED"):
        client.get_experiment(mine)

step("MLFLOW_TRACKING_INSECURE_TLS does not look")
with environment(MLFLOW_TRACKING_INSECURE_TLS="true", **by_password("alice")) as client:
    client.get_experiment(mine)

step("MLFLOW_TRACKING_CLIENT_CERT_PATH names the user, here and at the auth API")
with certified("alice") as client:
    with mlflow.start_run(experiment_id=mine) as run:
        mlflow.log_metric("by_certificate", 1)
        (CERTIFICATES / "note.txt").write_text("a note")
        mlflow.log_artifact(str(CERTIFICATES / "note.txt"))
    assert client.get_run(run.info.run_id).data.metrics["by_certificate"] == 1
    assert auth_client().get_user("alice").username == "alice"
    with refused():
        auth_client().get_user("bob")
with certified("bob") as client:
    client.get_experiment(mine)  # READ is everybody's here
    with refused():
        client.log_metric(run.info.run_id, "by_bob", 1)
with certified("admin"):
    assert {u.username for u in (auth_client().get_user(n) for n in ("alice", "bob"))} == {"alice", "bob"}

step("a certificate of nobody is 401, one that is about no user is none at all")
for name in ("nobody", "service"):
    with certified(name) as client, refused(401, None):
        client.get_experiment(mine)
with certified("service", **by_password("alice")) as client:
    client.get_experiment(mine)

step("expired, not yet valid, of another authority, for servers: there is no connection")
for name in ("expired", "early", "foreign", "server"):
    # TLS 1.3 tells the client after its handshake, which is when it is reading or writing already.
    with certified(name) as client, no_connection("alert", "Connection aborted", "ConnectionResetError", "EOF occurred"):
        client.get_experiment(mine)

step("a certificate and a password of one user are fine, of two they are refused")
with certified("alice", **by_password("alice")) as client:
    client.get_experiment(mine)
with certified("alice", **by_password("bob")) as client, refused(401, None):
    client.get_experiment(mine)
with certified("alice", **by_password("alice", "not that password")) as client, refused(401, None):
    client.get_experiment(mine)

step("headers that claim a certificate or an identity say nothing")
for header in ("X-Forwarded-Client-Cert", "X-Client-Cert", "X-Forwarded-User", "X-Remote-User", "X-Extauthz-Principal"):
    for value in ("alice", "admin", "URI=spiffe://mlflow.local/user/admin", (CERTIFICATES / "admin.pem").read_text().replace("\n", "%0A")):
        r = requests.get(os.environ["TRACKING_URI"] + "/api/2.0/mlflow/users/current", headers={header: value}, verify=CA, timeout=60)
        assert r.status_code == 401, (header, r.status_code, r.text)

step("a deleted user's certificate is nobody's from the next request on")
with certified("bob") as client:
    client.get_experiment(mine)
    with certified("admin"):
        auth_client().delete_user("bob")
    with refused(401, None):
        client.get_experiment(mine)
