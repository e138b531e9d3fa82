"""Ask an installed MLflow how it reads requests, for oracle_test.go.

    python oracle.py > oracle-3.17.2.tsv
    PYTHONPATH=<2.22.5> python oracle.py > oracle-2.22.5.tsv

    FIELDS<TAB>message<TAB>its fields
    POST<TAB>message<TAB>body<TAB>what MLflow's _get_request_message made of it: a JSON object, or "error" when it could not be parsed
    GET<TAB>message<TAB>query<TAB>…
    SOURCE<TAB><TAB>a model version's source<TAB>what MLflow's parsers of runs:/ and models:/ make of it

Bodies and queries are JSON strings of one character a byte.
"""

import json
import urllib.parse

from google.protobuf.json_format import MessageToDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from mlflow.protos import model_registry_pb2, service_pb2
from mlflow.server import handlers
from mlflow.store.artifact.runs_artifact_repo import RunsArtifactRepository
from mlflow.store.artifact.utils.models import _parse_model_uri

VALUES = [
    b'"x"', b'""', b"1", b"0", b"-1", b"-0", b"1.0", b"-1.0", b"1.00", b"1.5", b"1e3", b"1E400", b"1e-400", b'"1"', b'"1.0"', b'" 1"', b'"1 "',
    b'"01"', b'"+1"', b'"1_0"', b'"0x1"', b"\"\xd9\xa2\"", b'"NaN"', b'"nan"', b'"inf"', b'"-Infinity"', b"NaN", b"Infinity", b"true", b"false",
    b'"true"', b"null", b"[]", b"{}", b'["a"]', b'["a","b"]', b"[null]", b"[1]", b'[["a"]]', b"[{}]", b'[{"key":"a"}]', b'[{"key":null,"x":1}]',
    b'[{"key":1}]', b'[{"model_id":"a"}]', b'[{"modelId":"a"}]', b'[{"[a]":1}]', b'{"key":"a"}', b"2147483647", b"2147483648", b"2147483647.0",
    b"9007199254740993.0", b"9223372036854775807", b"9223372036854775808", b"9223372036854775807.0", b"-9223372036854775808",
    b"18446744073709551616", b'"\\ud800"', b'"\\ud83d\\ude00"', b'"\xff"', b'"caf\xc3\xa9"', b'"a\\u0000b"', b'"a\nb"',
    b'"ACTIVE_ONLY"', b'"active_only"', b'"FINISHED"', b'"3"', b"3",
]
UNKNOWN = [b"unknown", b"[a]", b"[a.b_1]", b"[a]\\n", b"[a", b"[]", b"a]", b"[a-b]", b"@type"]
ODD = [
    b"", b"{}", b"null", b"[]", b'"{}"', b"1", b'{"%s":"1"} x', b'{"%s":"1"}{}', b'{"%s":"1"},', b'\xef\xbb\xbf{"%s":"1"}', b' \r\n\t{"%s":"1"}\n',
    b'{"%s":"1","%s":"2"}', b'{"%s":"1",}', b"{'%s':1}", b'{"%s":"1"}\x00', b'\xff\xfe{\x00}\x00', b'\x0b{"%s":"1"}', b'{"%s":"1","\\u0025s":"2"}',
    b'{"x":' + b"[" * 63 + b"]" * 63 + b',"%s":"1"}', b'// c\n{"%s":"1"}', b'{"%s":"1"/**/}',
    b'{"x":' + b"1" * 4301 + b',"%s":"1"}',
]
QUERIES = [
    "{0}=1", "{0}=1&{0}=2", "{0}=", "{0}", "", "&", "&&{0}=1", "={0}", "{0}=1;{0}=2", "{0}=%zz", "{0}=%ff", "{0}=%", "{0}=%31", "{0}=+1", "{0}=a%20b",
    "{0}=%C3%A9", "%{0}=1", "{0}=1&max_results=5", "{0}=1&max_results=x", "{0}=1&max_results=", "{0}=1&max_results=+5", "max_results=5.5&{0}=1",
    "{0}=1&max_results=99999999999999999999", "{0}=1&view_type=ALL", "{0}=1&view_type=all", "view_type=9&{0}=1", "{0}=1&unknown=1", "{0}=1&[a]=1",
    "{0}=a%00b", "{0}=a%0Ab", "{0}=1?x", "{0}=a=b",
]
SOURCES = [
    "runs:/r1/model", "runs:/r1", "runs:/", "runs:r1/model", "runs://r1/model", "runs://h/r1/model", "runs:///r1/model", "RUNS:/r1/model", " runs:/r1/m",
    "runs:/r1//model", "runs:/r 1/model", "ru\nns:/r1/model", "runs:/r1/a:/b", "models:/n/1", "models:/n/latest", "models:/n/Production", "models:/n@a",
    "models:/a@b@c", "models:/@a", "models:/n@", "models:/a@b/1", "models:/n", "models:/m-1", "models:/m-1/1", "models:/m-1@a", "models:/n/1/2", "models:/n/",
    "models://h/n/1", "models:///n/1", "models:////n/1", "models:n/1", "Models:/n/1", "models:/vic\ntim/1", "models:/vic\ttim@a", "models:/ n/1",
    "models:/n /1", "models:/n;x/1", "models:/n?x/1", "models:/n#x/1", "models:/n%41/1", "models:/é/1", "models:/n:x/1", "models:/*/1", "models:/../n",
    "models:/./1", "s3://b/k", "/data/7", "file:///data/7", "mlflow-artifacts:/7/r", "x models:/n/1", "\x01models:/n/1", "models:/n/\u0661",
]
# the message, the field that says what it is about, and a value of that
BODIES = [
    ("SearchRuns", service_pb2, "experiment_ids", b'["1"]'), ("LogMetric", service_pb2, "run_id", b'"r"'), ("LogBatch", service_pb2, "run_id", b'"r"'),
    ("UpdateRun", service_pb2, "run_id", b'"r"'), ("CreateRun", service_pb2, "experiment_id", b'"1"'), ("LogInputs", service_pb2, "run_id", b'"r"'),
    ("SearchExperiments", service_pb2, "filter", b'"f"'), ("CreateModelVersion", model_registry_pb2, "name", b'"n"'),
    ("TransitionModelVersionStage", model_registry_pb2, "name", b'"n"'), ("SearchLoggedModels", service_pb2, "experiment_ids", b'["1"]'),
    ("CreatePresignedUploadUrl", service_pb2, "run_id", b'"r"'),
]
GETS = [
    ("GetExperiment", service_pb2, "experiment_id"), ("GetMetricHistory", service_pb2, "run_id"), ("SearchExperiments", service_pb2, "filter"),
    ("GetMetricHistoryBulkInterval", service_pb2, "run_ids"), ("GetRegisteredModel", model_registry_pb2, "name"),
    ("SearchModelVersions", model_registry_pb2, "filter"),
]


def ask(message, method, body=b"", query=""):
    errors = []
    real = handlers.parse_dict

    def parse(js, m):
        try:
            real(js, m)
        except Exception as e:
            errors.append(e)
            raise

    handlers.parse_dict = parse
    try:
        builder = EnvironBuilder(method=method, data=body or None, content_type="application/json" if method == "POST" else None, query_string=query)
        handlers._get_request_message(message, flask_request=Request(builder.get_environ()))
    except Exception as e:
        errors.append(e)
    finally:
        handlers.parse_dict = real
    return "error" if errors else json.dumps(MessageToDict(message, preserving_proto_field_name=True), sort_keys=True)


# MLflow uses Flask's request, whose get_json turns a failure into None when it is silent.
class Request(Request):
    def on_json_loading_failure(self, e):
        return None


def is_list(f):
    return f.is_repeated if hasattr(f, "is_repeated") else f.label == f.LABEL_REPEATED


def show(*columns):
    print("\t".join(columns))


def source(uri):
    try:
        scheme = urllib.parse.urlparse(uri).scheme
        if scheme == "runs":
            return "run " + RunsArtifactRepository.parse_runs_uri(uri)[0]
        if scheme == "models":
            parsed = _parse_model_uri(uri)
            return "logged model " + parsed.model_id if getattr(parsed, "model_id", None) else "registered model " + parsed.name
        return "other"
    except Exception:
        return "error"


def main():
    for uri in SOURCES:
        show("SOURCE", "", json.dumps(uri), source(uri))
    for name, module, scope, value in BODIES:
        kind = getattr(module, name, None)
        if kind is None:
            continue
        fields = [f.name for f in kind.DESCRIPTOR.fields]
        show("FIELDS", name, ",".join(fields))
        one_of_a_type = {(f.type, is_list(f)): f.name for f in reversed(kind.DESCRIPTOR.fields)}.values()
        pairs = [(f, v) for f in one_of_a_type for v in VALUES if f != scope] + [(scope, v) for v in VALUES]
        bodies = [b'{"%s":%s,"%s":%s}' % (f.encode(), v, scope.encode(), value) if f != scope else b'{"%s":%s}' % (f.encode(), v) for f, v in pairs]
        bodies += [b'{"%s":1,"%s":%s}' % (u, scope.encode(), value) for u in UNKNOWN]
        bodies += [b'{"unknown":%s,"%s":%s}' % (v, scope.encode(), value) for v in VALUES]
        whole = b'["1"]' if value.startswith(b"[") else b'"1"'
        bodies += [b.replace(b"%s", scope.encode()).replace(b'"1"', whole) for b in ODD]
        for body in bodies:
            show("POST", name, json.dumps(body.decode("latin-1")), ask(kind(), "POST", body=body))
    for name, module, scope in GETS if hasattr(service_pb2, "SearchTracesV3") else []:  # MLflow 2 needs an older protobuf for them
        kind = getattr(module, name, None)
        if kind is None:
            continue
        show("FIELDS", name, ",".join(f.name for f in kind.DESCRIPTOR.fields))
        for q in QUERIES:
            query = q.format(scope)
            show("GET", name, json.dumps(query), ask(kind(), "GET", query=query))


if __name__ == "__main__":
    main()
