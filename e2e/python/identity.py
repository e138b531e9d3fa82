"""A proxy says who the user is: MLflow's client with headers of its own, in a trusted proxy's place and in anybody's.

PEER says what this client is by the address that it connects from: "proxy", or "anybody", who connects from SOURCE.
CERTIFICATES is a directory with what e2e/identity_test.go issued.
"""

import os
import pathlib

import requests
import urllib3.connection

from stage import ADMIN, URI, Headers, auth_client, environment, password, refused, step

CERTIFICATES = pathlib.Path(os.environ["CERTIFICATES"])
CA = str(CERTIFICATES / "ca.pem")
PROXY = os.environ["PEER"] == "proxy"

connect = urllib3.connection.HTTPConnection.__init__


def from_source(self, *args, **kwargs):
    connect(self, *args, **{**kwargs, "source_address": (os.environ["SOURCE"], 0)})


urllib3.connection.HTTPConnection.__init__ = from_source


def sending(headers, certificate=None):
    """Be a client that sends these headers (MLFLOW_TRACKING_AUTH), over a connection with that certificate."""
    Headers.sent = headers
    variables = {"MLFLOW_TRACKING_AUTH": "headers", "MLFLOW_TRACKING_SERVER_CERT_PATH": CA}
    if certificate:
        variables["MLFLOW_TRACKING_CLIENT_CERT_PATH"] = str(CERTIFICATES / f"{certificate}.pem")
    return environment(**variables)


def current(headers, certificate=None):
    """Whom the auth API takes the client for; None is nobody."""
    cert = certificate and str(CERTIFICATES / f"{certificate}.pem")
    r = requests.get(URI + "/api/2.0/mlflow/users/current", headers=headers, verify=CA, cert=cert, timeout=60)
    assert r.status_code in (200, 401), r.text
    return r.json()["user"]["username"] if r.status_code == 200 else None


def is_nobody(headers, certificate=None):
    with sending(headers, certificate) as client, refused(401, None):
        client.search_experiments()
    assert current(headers, certificate) is None


def is_user(name, headers, certificate=None):
    with sending(headers, certificate) as client:
        client.search_experiments()
        assert auth_client().get_user(name).username == name
    assert current(headers, certificate) == name


if PROXY:
    step("the admin makes alice")
    with environment(
        MLFLOW_TRACKING_SERVER_CERT_PATH=CA, MLFLOW_TRACKING_USERNAME=ADMIN[0], MLFLOW_TRACKING_PASSWORD=ADMIN[1]
    ):
        auth_client().create_user("alice", password("alice"))

    step("a trusted address is believed")
    is_user("alice", {"X-Forwarded-User": "alice"})
    with sending({"X-Forwarded-User": "alice"}) as client:
        mine = client.create_experiment("by a proxy")
        client.delete_experiment(mine)  # MANAGE is the creator's
        with refused():
            auth_client().create_user("eve", password("eve"))
    is_user(ADMIN[0], {"X-Forwarded-User": ADMIN[0]})

    step("but only with one name that is somebody's")
    for value in ("nobody-here", "alice,admin", "alice, admin", "Alice", "", "alice admin"):
        is_nobody({"X-Forwarded-User": value})
    is_nobody({"X-Forwarded-User": "alice", "Authorization": requests.auth._basic_auth_str("alice", password("alice"))})
    is_nobody({"X-Forwarded-User": "alice", "Authorization": "Bearer made-up"})
else:
    step("anybody else is not, whatever it says about its address")
    for forged in (
        {},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "127.0.0.1, 127.0.0.1"},
        {"X-Real-Ip": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Envoy-External-Address": "127.0.0.1", "True-Client-Ip": "127.0.0.1"},
        {"X-Forwarded-Client-Cert": "URI=spiffe://mlflow.local/proxy", "X-Envoy-Internal": "true"},
    ):
        is_nobody({"X-Forwarded-User": ADMIN[0], **forged})
    by_password = {"Authorization": requests.auth._basic_auth_str("alice", password("alice"))}
    for name in (ADMIN[0], "alice", ""):  # as if the header were not there
        is_user("alice", {"X-Forwarded-User": name, "X-Forwarded-For": "127.0.0.1", **by_password})
        is_user("alice", {"X-Forwarded-User": name}, "alice")

step("a trusted certificate is believed wherever it comes from, with its own header")
is_user("alice", {"X-Proxy-User": "alice"}, "proxy")
for certificate in (None, "service"):
    is_nobody({"X-Proxy-User": "alice"}, certificate)
is_user("alice", {"X-Proxy-User": ADMIN[0]}, "alice")
