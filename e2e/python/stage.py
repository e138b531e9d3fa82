"""The stage of the end-to-end stories: users of the real MLflow client, in front of the whole stack.

The environment says where: TRACKING_URI, ADMIN_USERNAME, ADMIN_PASSWORD.
"""

import contextlib
import os
import pathlib
import tempfile

import mlflow
import requests
from mlflow.exceptions import MlflowException, RestException
from mlflow.tracking.request_auth.abstract_request_auth_provider import RequestAuthProvider
from mlflow.tracking.request_auth.registry import _request_auth_provider_registry

URI = os.environ["TRACKING_URI"]
ADMIN = (os.environ["ADMIN_USERNAME"], os.environ["ADMIN_PASSWORD"])
NEWER = int(mlflow.__version__.split(".")[0]) >= 3


def password(name):
    return f"password of {name}!"


class Headers(RequestAuthProvider):
    """A plugin (MLFLOW_TRACKING_AUTH=headers) that sends headers of its own."""

    sent = {}

    def get_name(self):
        return "headers"

    def get_auth(self):
        def sign(r):
            r.headers.update(Headers.sent)
            return r

        return sign


_request_auth_provider_registry.register(Headers)


@contextlib.contextmanager
def user(name, secret=None):
    """Be a user by the documented environment variables."""
    if name == ADMIN[0]:
        secret = secret or ADMIN[1]
    os.environ["MLFLOW_TRACKING_USERNAME"] = name
    os.environ["MLFLOW_TRACKING_PASSWORD"] = secret or password(name)
    mlflow.set_tracking_uri(URI)
    try:
        yield mlflow.MlflowClient(URI)
    finally:
        del os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"]


def admin():
    return user(*ADMIN)


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


@contextlib.contextmanager
def credentials_file(name):
    """Be a user by ~/.mlflow/credentials alone."""
    with tempfile.TemporaryDirectory() as home:
        path = pathlib.Path(home, ".mlflow", "credentials")
        path.parent.mkdir()
        path.write_text(f"[mlflow]\nmlflow_tracking_username = {name}\nmlflow_tracking_password = {password(name)}\n")
        path.chmod(0o600)
        before = os.environ["HOME"]
        os.environ["HOME"] = home
        mlflow.set_tracking_uri(URI)
        try:
            yield mlflow.MlflowClient(URI)
        finally:
            os.environ["HOME"] = before


@contextlib.contextmanager
def refused(status=403, code="PERMISSION_DENIED"):
    """The block must fail with this HTTP status, and with MLflow's error code in the body."""
    try:
        yield
    except RestException as e:
        assert e.error_code == code, f"wanted {code}, got {e.error_code}: {e}"
        assert e.get_http_status_code() == status or status == 401, f"wanted {status}: {e.get_http_status_code()} {e}"
    except MlflowException as e:
        assert str(status) in str(e), f"wanted {status}: {e}"
    except requests.HTTPError as e:  # uploads and downloads
        assert e.response.status_code == status, f"wanted {status}: {e}"
    except Exception as e:
        assert f"{status} " in str(e) or str(code) in str(e), f"wanted {status}: {type(e)} {e}"
    else:
        raise AssertionError("it was not refused")


def auth_client():
    from mlflow.server import get_app_client

    return get_app_client("basic-auth", URI)


def rest(method, path, who=None, **kwargs):
    """A bare request, as who (name, password) or as nobody."""
    return requests.request(method, URI + path, auth=who, timeout=60, **kwargs)


def step(text):
    print("·", text, flush=True)
