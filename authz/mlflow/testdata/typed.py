"""Ask an installed MLflow which values it takes for every type of field, for typed_oracle_test.go.

    python typed.py > typed-3.17.2.tsv
    PYTHONPATH=<2.22.5> python typed.py > typed-2.22.5.tsv
    python typed.py merge A.tsv B.tsv…         what all of them take, for several releases of protobuf under one MLflow

typed-3.17.2.tsv is merged from protobuf 7.36.2, 6.33.6, 5.29.5 and 4.25.8.

    TWIN<TAB>message<TAB>a body as clients send it<TAB>ok
    CASE<TAB>message<TAB>a body with one value of it, or another in its place<TAB>"ok", or "error" when MLflow's parser stops in the middle
"""

import importlib
import json
import sys
import warnings

warnings.simplefilter("ignore")

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as F

from mlflow.utils.proto_json_utils import parse_dict

for module in ("service_pb2", "model_registry_pb2", "mlflow_artifacts_pb2", "webhooks_pb2"):
    try:
        importlib.import_module("mlflow.protos." + module)
    except ImportError:
        pass

LOCATION = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "7"}}
SOURCE = {"source_type": "HUMAN", "source_id": "ann"}
FEEDBACK = {
    "assessment_id": "a-1", "assessment_name": "correct", "trace_id": "tr-1", "span_id": "s", "source": SOURCE, "create_time": "2025-04-15T08:49:18.699Z",
    "last_update_time": "2025-04-15T08:49:18Z", "feedback": {"value": {"score": 1.5, "notes": ["a", None, True]}, "error": {"error_code": "E"}},
    "rationale": "r", "metadata": {"k": "v"}, "valid": True,
}
EXPECTATION = {"assessment_name": "answer", "trace_id": "tr-1", "source": SOURCE, "expectation": {"value": "yes"}}
SPAN = {
    "trace_id": "AAECAwQFBgcICQoLDA0ODw==", "span_id": "AAECAwQFBgc=", "name": "root", "kind": "SPAN_KIND_INTERNAL", "flags": 1,
    "start_time_unix_nano": "1744706958699000000", "attributes": [{"key": "k", "value": {"array_value": {"values": [{"double_value": 1.5}]}}}],
    "status": {"code": "STATUS_CODE_OK"},
}
INFO = {
    "trace_id": "tr-1", "client_request_id": "c", "trace_location": LOCATION, "request_preview": "q", "request_time": "2025-04-15T08:49:18.699Z",
    "execution_duration": "1.250s", "state": "OK", "trace_metadata": {"mlflow.trace_schema.version": "3"}, "tags": {"t": "v"}, "assessments": [FEEDBACK],
}
MODEL = {"model_definition_id": "d-1", "linkage_type": "PRIMARY", "weight": 0.5, "fallback_order": 1}
TWINS = [
    ("StartTraceV3", {"trace": {"trace_info": INFO, "spans": [SPAN]}}),
    ("StartTrace", {"experiment_id": "7", "timestamp_ms": 1744706958699, "request_metadata": [{"key": "k", "value": "v"}], "tags": []}),
    ("EndTrace", {"request_id": "tr-1", "timestamp_ms": 1, "status": "OK", "request_metadata": [{"key": "k", "value": "v"}], "tags": [{"key": "k"}]}),
    ("CreateAssessment", {"assessment": FEEDBACK}),
    ("CreateAssessment", {"assessment": EXPECTATION}),
    ("CreateAssessment", {"assessment": {"trace_id": "tr-1", "issue": {"issue_name": "i"}}}),
    ("UpdateAssessment", {"assessment": FEEDBACK, "update_mask": "assessmentName,feedback,rationale,metadata"}),
    ("SearchTracesV3", {"locations": [LOCATION], "filter": "f", "max_results": 100, "order_by": ["timestamp_ms DESC"], "page_token": "p"}),
    ("QueryTraceMetrics", {
        "experiment_ids": ["7"], "view_type": "TRACES", "metric_name": "latency",
        "aggregations": [{"aggregation_type": "PERCENTILE", "percentile_value": 99.5}], "dimensions": ["d"], "filters": ["f"],
        "time_interval_seconds": 60, "start_time_ms": 1, "end_time_ms": "2", "max_results": 10,
    }),
    ("CreateGatewaySecret", {"secret_name": "s", "secret_value": {"api_key": "k"}, "provider": "openai", "auth_config": {"a": "b"}, "created_by": "ann"}),
    ("UpdateGatewaySecret", {"secret_id": "s", "secret_value": {"api_key": "k"}}),
    ("CreateGatewayModelDefinition", {"name": "n", "secret_id": "s", "provider": "openai", "model_name": "m"}),
    ("CreateGatewayEndpoint", {
        "name": "n", "model_configs": [MODEL], "routing_strategy": "REQUEST_BASED_TRAFFIC_SPLIT", "experiment_id": "7", "usage_tracking": True,
        "fallback_config": {"strategy": "SEQUENTIAL", "max_attempts": 2},
    }),
    ("UpdateGatewayEndpoint", {"endpoint_id": "e", "name": "n", "model_configs": [MODEL]}),
    ("AttachModelToGatewayEndpoint", {"endpoint_id": "e", "model_config": MODEL}),
    ("CreateGatewayGuardrail", {"name": "n", "scorer_id": "s", "scorer_version": 1, "stage": "BEFORE", "action": "VALIDATION"}),
    ("CreateGatewayBudgetPolicy", {
        "budget_unit": "USD", "budget_amount": 10.5, "duration": {"unit": "DAYS", "value": 1}, "target_scope": "GLOBAL", "budget_action": "ALERT",
    }),
    ("mlflow.review_queues.CreateReviewQueue", {"experiment_id": "7", "name": "n", "queue_type": "CUSTOM", "users": ["ann"], "schema_ids": ["s"]}),
    ("mlflow.review_queues.UpdateReviewQueue", {"queue_id": "q", "update_users": True, "users": ["ann"], "name": "n", "new_owner": "bob"}),
    ("mlflow.review_queues.SetReviewQueueItemStatus", {"queue_id": "q", "item_id": "tr-1", "status": "COMPLETE"}),
    ("mlflow.label_schemas.CreateLabelSchema", {
        "experiment_id": "7", "name": "n", "type": "FEEDBACK", "input": {"numeric": {"min_value": 0, "max_value": 1.5}}, "enable_comment": True,
    }),
    ("CreateWebhook", {"name": "n", "url": "https://h/", "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}], "secret": "s", "status": "ACTIVE"}),
    ("UpdateWebhook", {"webhook_id": "w", "events": [{"entity": "PROMPT", "action": "SET"}]}),
    ("CreateDataset", {"name": "n", "experiment_ids": ["7"], "source_type": "TRACE", "tags": "{}"}),
    ("LogBatch", {"run_id": "r", "metrics": [{"key": "k", "value": 1.5, "timestamp": 1, "step": 0}], "params": [], "tags": [{"key": "k", "value": "v"}]}),
    ("CreateRun", {"experiment_id": "7", "run_name": "n", "start_time": 1744706958699, "tags": [{"key": "k", "value": "v"}]}),
    ("SearchLoggedModels", {"experiment_ids": ["7"], "order_by": [{"field_name": "f", "ascending": False}], "datasets": [{"dataset_name": "d"}]}),
]


def deep(n, of="["):
    return "[" * n + "]" * n if of == "[" else '{"a":' * n + "1" + "}" * n


ANY = ["null", "true", "1", "1.5", '""', '"x"', "[]", "{}", "[null]", '{"a":null}', '{"a":1}', "[[]]", "[{}]", '["x"]', '[1,"x"]']
INTEGERS = [
    "0", "-0", "-1", "1.0", "-1.0", "1.00", "1e3", "1E2", "1e15", "1e400", "1e-400", "2147483647", "2147483648", "-2147483649", "4294967295",
    "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "9007199254740993.0", "2147483647.0",
    "999999999999999.0", '"1"', '"-1"', '"-0"', '"01"', '"1.0"', '"1.5"', '"1e3"', '"1e400"', '" 1"', '"1 "', '"1\\n"', '"\\t1"', '"\\u00a01"',
    '"\\u20071"', '"\\u0661"', '"\\uff11"', '"+1"', '"1_0"', '"0x1"', '"0b1"', '"0o7"', '"1L"', '"2147483648"', '"9223372036854775808"', "false",
    '"true"', '"nan"', '"' + "0" * 30 + '1"',
]
FLOATS = [
    "0.0", "-0.0", "1e38", "1e39", "3.4028234663852886e+38", "3.4028235e38", "3.4028236e+38", "-1e39", "1e308", "1e309", "1e-400", "18446744073709551615",
    '"1.5"', '"1"', '"1e39"', '"1e309"', '"-1e309"', '"NaN"', '"nan"', '"-NaN"', '"+NaN"', '"Infinity"', '"-Infinity"', '"+Infinity"', '"inf"', '"-inf"',
    '"infinity"', '"INF"', '" 1.5"', '"1.5\\n"', '"1."', '".5"', '"+.5"', '"."', '"1_0"', '"0x1p3"', '"1,5"', '"\\u0661"', '"1e"', "false", '"NaN "',
]
BOOLS = ["false", "0", '"true"', '"false"', '"True"', '"1"', '"on"']
STRINGS = ['"a\\u0000b"', '"\\ud83d\\ude00"', '"\\u00e9"', "0", "false", '" "', '"null"']
ENUMS = ["0", "2", "99", "-1", "2.0", "2.5", '"2"', '"02"', '" 2"', '"2\\n"', '"99"', '"OK "', '"ok"', '"NOT_ONE"', "false", '"2.0"', '"+2"', '"\\u0662"', "1e0"]
BYTES = [
    '"QQ=="', '"QUI="', '"QUJD"', '"QQ"', '"QUI"', '"Q"', '"QUJDR"', '"QQ="', '"QQ==="', '"Q==="', '"=QQ"', '"QQ==QQ=="', '"-_-_"', '"+/+/"', '"-_+/"', '"QU JD"',
    '"QUJD\\n"', '"QU\\nJD"', '"QR=="', '"QUJ="', '"QUJD===="', '"="', '"===="', '"!!!!"', '"\\u00e9\\u00e9"', '"QUJD\\u0000"', '"QUI=="', '"QUJDQQ"',
]
TIMES = [
    "1970-01-01T00:00:00Z", "2025-04-15T08:49:18.6Z", "2025-04-15T08:49:18.123456789Z", "2025-04-15T08:49:18.999999999Z", "2025-04-15T08:49:18.1234567890Z",
    "2025-04-15T08:49:18.Z", "2025-04-15T08:49:18+02:00", "2025-04-15T08:49:18.5-05:30", "2025-04-15T08:49:18+2:0", "2025-04-15T08:49:18+0200",
    "2025-04-15T08:49:18+99:99", "2025-04-15T08:49:18+24:00", "2025-04-15T08:49:18+23:59", "2025-04-15T08:49:18-00:00", "2025-04-15T08:49:18", "2025-04-15t08:49:18Z",
    "2025-04-15T08:49:18z", "2025-04-15 08:49:18Z", "2025-4-15T08:49:18Z", "25-04-15T08:49:18Z", "2025-04-15T8:49:18Z", "2025-04-15T24:00:00Z", "2025-04-15T23:59:60Z",
    "2025-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-04-31T00:00:00Z",
    "0001-01-01T00:00:00Z", "0000-12-31T23:59:59Z", "0000-12-31T23:59:59-01:00", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", " 2025-04-15T08:49:18Z", "2025-04-15T08:49:18Z ", "2025-04-15T08:49:18Z\\n",
    "2025-04-15T08:49:18ZZ", "2025-04-15T08:49:18Z+00:00", "2025-04-15T08:49:18.1+00:00Z", "2025-04-15T08:49:18,5Z", "2025-04-15T08:49:18.5e1Z", "2025-04-15T08:49:18.-5Z",
    "2025-04-15T08:49:18.1_0Z", "2025-04-15T08:49:18.\\u0661Z", "2025-04-15T08:49Z", "2025-04-15Z", "Z", "now", "1744706958", "2025-W16-2T08:49:18Z", "20250415T084918Z",
    "2025-04-15T08:49:18+\\u0661:00", "2025-04-15T08:49:18+-1:00", "2025-04-15T08:49:18+ 1:00", "2025-04-15T08:49:18.123 Z",
]
DURATIONS = [
    "0s", "1s", "-1s", "1.5s", "-1.5s", "-0.5s", "0.000000001s", "1.0000000001s", "0.9999999999s", "1.s", ".5s", "-.5s", "1", "s", "", "1S", "1ms", "1.5m", "+1s", " 1s",
    "1 s", "1s ", "1s\\n", "01s", "1_0s", "1e3s", "1.5e1s", "315576000000s", "-315576000000s", "315576000001s", "315576000000.5s", "999999999999s", "9999999999999999999s",
    "--1s", "1.-5s", "1.5.5s", "\\u0661s", "0x1s", "-0s", "1.5_0s", "nans", "infs", "0000000000001s",
]
MASKS = [
    "feedback", "assessmentName", "assessment_name", "feedback.value", "a,b", "a,,b", ",", "a,", " a", "a, b", "A", "AB", "*", "a-b", "a.b.c", "\\u00c9", "_", "feedback,feedback",
    "feedback.value.structValue", "a/b",
]
VALUES = [
    deep(10), deep(30), deep(32), deep(33), deep(47), deep(48), deep(49), deep(55), deep(10, "{"), deep(30, "{"), deep(32, "{"), deep(33, "{"), deep(48, "{"), deep(50, "{"),
    "1e308", "18446744073709551615", "-0", "9007199254740993", '{"a":{"b":[null,{"c":null}]}}', '{"":1}', '{"[a.b]":1}', '{"@type":"x"}', '"\\ud83d\\ude00"', '"a\\u0000"',
]


def quoted(values):
    return ['"' + v + '"' for v in values]


WELL_KNOWN = {
    "google.protobuf.Timestamp": ANY + quoted(TIMES), "google.protobuf.Duration": ANY + quoted(DURATIONS), "google.protobuf.FieldMask": ANY + quoted(MASKS),
    "google.protobuf.Value": ANY + VALUES,
}
SCALARS = {F.TYPE_STRING: STRINGS, F.TYPE_BOOL: BOOLS, F.TYPE_ENUM: ENUMS, F.TYPE_BYTES: BYTES, F.TYPE_DOUBLE: FLOATS, F.TYPE_FLOAT: FLOATS}


def is_map(f):
    return f.type == F.TYPE_MESSAGE and f.message_type.GetOptions().map_entry


def is_list(f):
    return not is_map(f) and (f.is_repeated if hasattr(f, "is_repeated") else f.label == F.LABEL_REPEATED)


def of(f):
    """The values to try for one element of a field."""
    if f.type == F.TYPE_MESSAGE:
        return WELL_KNOWN.get(f.message_type.full_name, ANY)
    return ANY + SCALARS.get(f.type, INTEGERS)


def mutations(f):
    if is_map(f):
        f = f.message_type.fields_by_name["value"]
        return ANY + ['{"a":%s,"":%s}' % (v, v) for v in of(f)]
    return ANY + ["[%s]" % v for v in of(f)] if is_list(f) else of(f)


def places(descriptor, body, path=()):
    """Every field of a body, with the fields of the messages in it."""
    for name, value in body.items():
        f = descriptor.fields_by_name[name]
        yield (*path, name), f
        if f.type != F.TYPE_MESSAGE or is_map(f) or f.message_type.full_name.startswith("google.protobuf."):
            continue
        if isinstance(value, dict):
            yield from places(f.message_type, value, (*path, name))
        elif is_list(f) and value:
            yield from places(f.message_type, value[0], (*path, name, 0))


def spine(path, value):
    """The JSON of a body with nothing but the text value at path."""
    for step in reversed(path):
        value = "[%s]" % value if step == 0 else '{"%s":%s}' % (step, value)
    return value


def ask(kind, body):
    try:
        parse_dict(json.loads(body), kind())
        return "ok"
    except Exception:
        return "error"


def full_name(name):
    return name if "." in name else "mlflow." + name


def main():
    seen = set()
    for name, body in TWINS:
        try:
            descriptor = descriptor_pool.Default().FindMessageTypeByName(full_name(name))
            kind = message_factory.GetMessageClass(descriptor)
            found = list(places(descriptor, body))
        except KeyError:
            continue  # this release has no such message, or not that field
        print("TWIN", name, json.dumps(body), ask(kind, json.dumps(body)), sep="\t")
        for path, f in found:
            if f.full_name in seen:
                continue
            seen.add(f.full_name)
            values = dict.fromkeys(mutations(f))
            oneof = f.containing_oneof
            if oneof:
                values.update(dict.fromkeys('{},"%s":%s' % (o.name, v) for o in oneof.fields if o.name != f.name for v in ("null", "{}")))
            for value in values:
                text = spine(path, value)
                print("CASE", name, text, ask(kind, text), sep="\t")


def merge(files):
    for lines in zip(*(open(f) for f in files), strict=True):
        body, verdicts = {l.rpartition("\t")[0] for l in lines}, {l.rpartition("\t")[2] for l in lines}
        assert len(body) == 1
        print(body.pop(), "ok" if verdicts == {"ok\n"} else "error", sep="\t")


if __name__ == "__main__":
    merge(sys.argv[2:]) if sys.argv[1:2] == ["merge"] else main()
