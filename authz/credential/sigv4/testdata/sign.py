"""Signed requests as clients make them: MLflow's own request function with MLFLOW_TRACKING_AWS_SIGV4=true, its signer alone, and botocore's.

The environment says where (TRACKING_URI) and has the access key as for Amazon. Prints "<case> <status>" for each request.
"""

import os
import sys

if len(sys.argv) > 1 and sys.argv[1] == "plain":
    sys.modules["boto3"] = None  # as if it were not installed: the signer then reads the environment itself

import requests
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request
from requests_auth_aws_sigv4 import USE_BOTO3, AWSSigV4

URI = os.environ["TRACKING_URI"]
WHO = ("boto3 " if USE_BOTO3 else "plain ") + ("session" if os.environ.get("AWS_SESSION_TOKEN") else "lasting")
FILES = "/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts/"
API = "/api/2.0/mlflow/"


def tell(name, response):
    print(f"{name}\t{response.status_code}", flush=True)


def mlflow(name, method, endpoint, **kwargs):
    """The request as every store of MLflow's client makes it."""
    name = f"mlflow {WHO}: {name}"
    creds = get_default_host_creds(URI)
    assert creds.aws_sigv4, "MLFLOW_TRACKING_AWS_SIGV4 is not true"
    tell(name, http_request(creds, endpoint, method, extra_headers={"X-Case": name}, max_retries=0, **kwargs))


def signer(name, method, path, **kwargs):
    """The signer that MLflow uses, under a request of our own."""
    name = f"signer {WHO}: {name}"
    auth = AWSSigV4("execute-api")
    tell(name, requests.request(method, URI + path, auth=auth, headers={"X-Case": name}, timeout=60, **kwargs))


def botocore(name, method, path, body=b"", **headers):
    """Amazon's own signer, which signs the host with its port and escapes paths again."""
    import hashlib

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    name = f"botocore {WHO}: {name}"
    env = os.environ
    key = Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN"))
    headers = {**headers, "X-Amz-Content-SHA256": hashlib.sha256(body).hexdigest()}
    r = AWSRequest(method=method, url=URI + path, data=body, headers=headers)
    SigV4Auth(key, "execute-api", env["AWS_DEFAULT_REGION"]).add_auth(r)
    tell(name, requests.request(method, URI + path, data=body, headers={**r.headers, "X-Case": name}, timeout=60))


mlflow("GET", "GET", API + "experiments/get", params={"experiment_id": "1"})
mlflow("GET without a query", "GET", API + "users/current")
mlflow("GET with spaces", "GET", API + "experiments/get-by-name", params={"experiment_name": "a name with spaces"})
mlflow("GET with plus and percent", "GET", API + "experiments/get-by-name", params={"experiment_name": "1+1=2 & 100%20~"})
mlflow("GET with unicode", "GET", API + "experiments/get-by-name", params={"experiment_name": "Gemälde 絵画"})
mlflow("GET with several parameters", "GET", API + "registered-models/search", params={"max_results": 7, "filter": "name LIKE 'a%'", "a-b": "1", "a": "2"})
mlflow("GET with an empty value", "GET", API + "registered-models/get", params={"name": "m", "empty": ""})
mlflow("GET with a repeated parameter", "GET", "/api/3.0/mlflow/traces/batchGet", params={"trace_ids": ["tr-2", "tr-1"]})
mlflow("POST", "POST", API + "runs/log-metric", json={"run_id": "abc", "key": "k", "value": 0.5, "timestamp": 1, "step": 0})
mlflow("POST with unicode", "POST", API + "experiments/create", json={"name": "Gemälde 絵画"})
mlflow("POST with an empty object", "POST", API + "experiments/search", json={})
mlflow("PATCH", "PATCH", API + "registered-models/update", json={"name": "m", "description": "é"})
mlflow("DELETE", "DELETE", API + "registered-models/delete", json={"name": "m"})
mlflow("DELETE without a body", "DELETE", API + "logged-models/m-1")
signer("HEAD", "HEAD", API + "experiments/get?experiment_id=1")
signer("GET with percent-encoded spaces", "GET", API + "experiments/get-by-name?experiment_name=a%20b+c")
signer("GET with a lower-case escape", "GET", API + "experiments/get-by-name?experiment_name=%c3%a9")
signer("GET of a file with spaces", "GET", FILES + "a%20b/c%2Bd.txt")
signer("GET of a file in unicode", "GET", FILES + "Gemälde/絵画.txt")
signer("PUT of a file", "PUT", FILES + "new.txt", data=b"what the file holds")
signer("PUT with a body", "PUT", API + "users/update", json={"a": 1})
signer("POST of text", "POST", API + "experiments/create", data='{"name": "e"}')
if USE_BOTO3:
    botocore("GET", "GET", API + "experiments/get?b=2&a=1&a-b=3")
    botocore("GET with a repeated parameter", "GET", "/api/3.0/mlflow/traces/batchGet?trace_ids=tr-2&trace_ids=tr-1")
    botocore("GET of a file with spaces", "GET", FILES + "a%20b/c.txt")
    botocore("POST with spaces in a header", "POST", API + "experiments/create", b'{"name": "x"}', **{"X-Amz-Meta": "a   b"})
