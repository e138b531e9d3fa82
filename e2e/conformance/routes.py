"""What a release serves, from its checked-in inventory, and what is sent to each operation.

A request's parameters come from requests.json where that names the operation, else from the fields of its message that IDS knows. Values
hold placeholders, "{run}", that a tenant's identifiers replace.
"""

import json
import pathlib
import re
import urllib.parse
from dataclasses import dataclass

from servers import ROOT
from wire import Call

HERE = pathlib.Path(__file__).parent
REQUESTS = json.loads((HERE / "requests.json").read_text())
OPAQUE = {"mlflow.artifacts.UploadArtifact", "serve_upload_artifact"}
IDS = {
    "experiment_id": "{experiment}", "experiment_ids": ["{experiment}"], "experiment_name": "{experiment_name}", "run_id": "{run}",
    "run_ids": ["{run}"], "trace_id": "{trace}", "request_id": "{trace}", "trace_ids": ["{trace}"], "request_ids": ["{trace}"],
    "model_id": "{logged_model}", "dataset_id": "{dataset}", "dataset_ids": ["{dataset}"], "endpoint_id": "{endpoint}", "secret_id": "{secret}",
    "model_definition_id": "{definition}", "guardrail_id": "{guardrail}", "budget_policy_id": "{budget}", "webhook_id": "{webhook}",
    "issue_id": "{issue}", "queue_id": "{queue}", "schema_id": "{schema}", "assessment_id": "{assessment}", "job_id": "{job}",
    "item_ids": ["{trace}"], "item_id": "{trace}", "artifact_path": "{experiment}/{run}/artifacts/secret.txt", "endpoint_name": "{endpoint_name}",
    "key": "k", "value": "v", "metric_key": "m", "alias": "champion", "version": "1", "tag_key": "k", "filename": "x", "session_id": "s",
    "provider": "openai", "workspace_name": "default", "organization": "o",
}
NAMES = [("registered-models", "{model}"), ("model-versions", "{model}"), ("scorers", "{scorer}"), ("label-schemas", "{schema_name}"),
         ("review-queues", "{queue_name}"), ("mcp-servers", "{mcp}"), ("skills", "{skill}"), ("gateway", "{endpoint_name}")]


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    operation: str
    params: str  # JSON with placeholders
    fields: tuple  # names of all fields of its message
    fastapi: bool

    def paths(self):
        return [self.path.replace("{api,ajax-api}", p) for p in ("api", "ajax-api")] if "{" in self.path else [self.path]

    @property
    def key(self):
        return self.method, self.path.replace("{api,ajax-api}", "api")

    @property
    def family(self):
        parts = [p for p in self.path.split("/") if p and p not in ("{api,ajax-api}", "api", "ajax-api", "2.0", "3.0", "mlflow", "2.0mlflow")]
        return parts[0] if parts and not parts[0].startswith("<") else "other"

    def filled(self, ids):
        return fill(json.loads(self.params), ids)

    def call(self, ids, path=None, params=None):
        """A well-formed request; path and params override what the route says."""
        params = self.filled(ids) if params is None else dict(params)
        path = path or self.paths()[0]
        for whole, name in re.findall(r"(<(?:path:)?(\w+)>)", path):
            value = params.pop(name, None)
            path = path.replace(whole, urllib.parse.quote(str(fill(IDS.get(name, "x"), ids) if value is None else value), safe="/" if "path:" in whole else ""))
        params = {k.lstrip("+"): v for k, v in params.items()}  # "+model_id": in the path, and in the body as well
        if self.operation == "export_traces":
            return Call("POST", path, [("Content-Type", "application/x-protobuf"), ("X-Mlflow-Experiment-Id", params["experiment_id"])], spans(params))
        if self.operation in OPAQUE:
            return Call(self.method, with_query(path, params), [("Content-Type", "application/octet-stream")], b"written")
        if self.method == "GET" or self.method == "DELETE" and (self.fastapi or not params):
            return Call(self.method, with_query(path, params))
        return Call(self.method, path, [("Content-Type", "application/json")], json.dumps(params).encode())


def with_query(path, params):
    pairs = [(k, v) for k, vs in params.items() for v in (vs if isinstance(vs, list) else [vs])]
    return path + ("?" + urllib.parse.urlencode(pairs) if pairs else "")


def fill(value, ids):
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda m: str(ids.get(m[1], "unknown")), value)
    if isinstance(value, list):
        return [fill(v, ids) for v in value]
    if isinstance(value, dict):
        return {fill(k, ids): fill(v, ids) for k, v in value.items()}
    return value


def spans(params):
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add()
    span.trace_id, span.span_id, span.name = trace_bytes(str(params["trace_id"])), b"8 bytes!", params["name"]
    span.start_time_unix_nano, span.end_time_unix_nano = 1_700_000_000_000_000_000, 1_700_000_001_000_000_000
    return request.SerializeToString()


def trace_bytes(trace):
    digits = trace.removeprefix("tr-")
    return bytes.fromhex(digits if re.fullmatch("[0-9a-f]{32}", digits) else trace.encode().hex().ljust(32, "0")[:32])


def served(release):
    """The routes of a release."""
    lines = [line.split("\t") for line in (ROOT / f"authz/mlflow/testdata/inventory/{release}.tsv").read_text().splitlines()]
    messages = {line[1]: re.findall(r"(?:^| )\??([^ :]+):", line[2]) for line in lines if line[0] in ("message", "model") and len(line) > 2}
    routes = []
    for method, path, operation, server in (line for line in lines if line[0].isupper()):
        fields = messages.get(operation, [])
        wanted = REQUESTS.get(f"{method} {operation}", REQUESTS.get(operation))
        if wanted is None:
            wanted = {f: IDS[f] for f in [*fields, *re.findall(r"<(?:path:)?(\w+)>", path)] if f in IDS}
            if "name" in fields or "<name>" in path or "<path:name>" in path:
                wanted["name"] = next((n for part, n in NAMES if part in path), "x")
        routes.append(Route(method, path, operation, json.dumps(wanted), tuple(fields), "fastapi" in server))
    return routes
