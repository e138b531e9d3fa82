"""Ask an installed MLflow what POST /v1/traces really writes, for otlp_oracle_test.go.

    python otlp.py > otlp-3.17.2.tsv
    PYTHONPATH=<another release> python otlp.py > otlp-….tsv

    CASE, TWIN or VICTIM<TAB>what it is<TAB>its headers, a JSON list of pairs<TAB>its body in base64<TAB>the status<TAB>what was written: JSON

What was written are the ids of the traces that got spans or tags, the experiments that they are in, the tags with the value "evil", and
the runs that traces were linked to. A TWIN is what a client sends. A VICTIM's trace is in experiment 2 already, with the same span.
"""

import asyncio
import base64
import gzip
import json
import logging
import os
import sys
import tempfile
import warnings
import zlib

warnings.simplefilter("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_ENABLE_ASYNC_LOGGING"] = "false"

import sqlalchemy
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import mlflow
from mlflow.server import otel_api
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

OWN, OTHER = bytes(range(16)), bytes(range(100, 116))
SPAN, PARENT = bytes(range(8)), bytes(range(8, 16))
PROTOBUF, JSON = "application/x-protobuf", "application/json"
TAG = "mlflow.traceTag."


def attribute(to, key, value):
    a = to.attributes.add(key=key)
    if isinstance(value, int):
        a.value.int_value = value
    elif isinstance(value, list):
        for v in value:
            a.value.array_value.values.add(string_value=v)
    elif value is not None:
        a.value.string_value = value


def request(*spans, resource=()):
    r = ExportTraceServiceRequest()
    rs = r.resource_spans.add()
    for key, value in resource:
        attribute(rs.resource, key, value)
    for s in spans:
        s = {"trace": OWN, "span": SPAN, "parent": b"", "attributes": (), **s}
        span = rs.scope_spans.add().spans.add(trace_id=s["trace"], span_id=s["span"], parent_span_id=s["parent"], name="n")
        span.start_time_unix_nano, span.end_time_unix_nano = 1744706958699000000, 1744706959699000000
        for key, value in s["attributes"]:
            attribute(span, key, value)
    return r.SerializeToString()


def field(number, value, kind=2):
    key = varint(number << 3 | kind)
    return key + (varint(len(value)) + value if kind == 2 else value)


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def one(span, *more):
    """A request with that span, written by hand, and more after it."""
    return field(1, field(2, field(2, span))) + b"".join(more)


def polyglot(benign, evil):
    """Spans within a zlib stream, which is itself a message with other spans."""
    blob = b"xx" + field(2, field(2, evil))  # as a message: the end of a fixed32, and a ScopeSpans
    height = 2 + 1 + 2 + len(blob)  # NLEN, and what the stream's data starts with
    for size in range(len(benign) + len(blob), 1 << 15):
        if size & 255 == 10 and size >> 8 == height:
            break
    else:
        return b""
    rest = size - 3 - len(blob) - len(benign)
    tail = size - 3 - len(blob) + 4  # as a message: one field to the end, checksum included
    head = b"\x7a" + varint(tail - 1 - len(varint(tail)))
    data = b"\x7a" + varint(len(blob) + rest) + blob + head + b"\0" * (rest - len(head)) + benign
    assert len(data) == size and len(varint(len(blob) + rest)) == 2, (len(data), size)
    stream = b"\x78\x9c\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data + zlib.adler32(data).to_bytes(4, "big")
    assert zlib.decompress(stream) == data
    return stream


def raw_deflate(b):
    c = zlib.compressobj(wbits=-15)
    return c.compress(b) + c.flush()


def request_id(value):
    return {"attributes": [("mlflow.traceRequestId", value)]}


OWN_ID, OTHER_ID = "tr-" + OWN.hex(), "tr-" + OTHER.hex()
PLAIN = request({})
EVIL = field(1, OTHER) + field(2, SPAN) + field(5, b"evil") + field(7, b"\0" * 8, 1)
GOOD = field(1, OWN) + field(2, SPAN) + field(5, b"good") + field(7, b"\0" * 8, 1)
BODIES = [
    ("TWIN one span", PLAIN),
    ("TWIN a child", request({"parent": PARENT})),
    ("TWIN two traces", request({}, {"trace": OTHER})),
    ("TWIN two spans", request({}, {"span": PARENT, "parent": SPAN})),
    ("TWIN two requests merged", PLAIN + request({"trace": OTHER})),
    ("TWIN its own request id", request(request_id(OWN_ID))),
    ("TWIN its own request id as JSON", request(request_id(json.dumps(OWN_ID)))),
    ("TWIN a tag", request({"attributes": [(TAG + "team", "evil")]})),
    ("TWIN resource", request({}, resource=[("service.name", "claude-code"), ("team", "evil")])),
    ("TWIN session, user, experiment", request({"attributes": [("session.id", "s"), ("user.id", "u"), ("mlflow.experimentId", "2"), ("n", 1), ("x", None)]})),
    ("TWIN an unknown field", PLAIN + field(99, b"x") + field(98, b"\1", 0)),
    ("TWIN parent of zeros", request({"parent": bytes(8)})),
    ("no spans in resource", field(1, b"")), ("empty", b""), ("zero", b"\0"),
    ("another request id", request(request_id(OTHER_ID))), ("another request id as JSON", request(request_id(json.dumps(OTHER_ID)))),
    ("request id of another form", request(request_id("trace:/2/" + OWN.hex()))), ("upper case request id", request(request_id(OWN_ID.upper()))),
    ("request id with a space", request(request_id(OWN_ID + " "))), ("request id is a number", request(request_id(5))),
    ("request id is a list", request(request_id([OTHER_ID]))), ("request id is empty", request(request_id(""))), ("request id without value", request(request_id(None))),
    ("two request ids", request({"attributes": [("mlflow.traceRequestId", OWN_ID), ("mlflow.traceRequestId", OTHER_ID)]})),
    ("request id in other letters", request({"attributes": [("MLflow.traceRequestId", OTHER_ID)]})),
    ("request id of the resource", request({}, resource=[("mlflow.traceRequestId", OTHER_ID)])),
    ("reserved tag", request({"attributes": [(TAG + "mlflow.artifactLocation", "evil")]})),
    ("reserved tags", request({"attributes": [(TAG + "mlflow.trace.spansLocation", "evil"), (TAG + "mlflow.trace.archiveLocation", "evil"), (TAG + "mlflow.sourceRun", "evil")]})),
    ("reserved tag of a child", request({"parent": PARENT, "attributes": [(TAG + "mlflow.artifactLocation", "evil")]})),
    ("reserved tag in other letters", request({"attributes": [(TAG + "MLflow.artifactLocation", "evil")]})),
    ("trace name", request({"attributes": [(TAG + "mlflow.traceName", "evil")]})),
    ("reserved tag by resource", request({}, resource=[("mlflow.artifactLocation", "evil")])),
    ("reserved tag by resource in other letters", request({}, resource=[("MLflow.artifactLocation", "evil")])),
    ("tag prefix in other letters", request({"attributes": [("mlflow.tracetag.mlflow.artifactLocation", "evil")]})),
    ("tag twice", request({"attributes": [(TAG + "team", "x"), (TAG + "mlflow.artifactLocation", "evil"), (TAG + "mlflow.artifactLocation", "evil")]})),
    *((f"trace id of {n} bytes", request({"trace": bytes(range(1, n + 1))})) for n in (0, 1, 8, 15, 17, 32)),
    ("trace id of zeros", request({"trace": bytes(16)})), ("trace id with zeros before", request({"trace": b"\0" + OWN})),
    *((f"span id of {n} bytes", request({"span": bytes(range(1, n + 1))})) for n in (0, 1, 7, 9, 16)),
    ("parent id of 1 byte", request({"parent": b"\1"})), ("parent id of 16 bytes", request({"parent": OWN})),
    ("trace id twice", one(field(1, OWN) + EVIL)), ("trace id twice, other order", one(EVIL + field(1, OWN))),
    ("trace id is a number", one(field(1, b"\1", 0) + EVIL)), ("spans are a number", field(1, field(2, field(2, b"\1", 0) + field(2, GOOD)))),
    ("resource twice", field(1, field(1, b"") + field(1, field(1, field(1, b"k"))) + field(2, field(2, GOOD)))),
    ("key twice", one(GOOD + field(9, field(1, b"k") + field(1, b"mlflow.traceRequestId") + field(2, field(1, OTHER_ID.encode()))))),
    ("value twice", one(GOOD + field(9, field(1, b"mlflow.traceRequestId") + field(2, field(1, OWN_ID.encode())) + field(2, field(1, OTHER_ID.encode()))))),
    ("string twice", one(GOOD + field(9, field(1, b"mlflow.traceRequestId") + field(2, field(1, OWN_ID.encode()) + field(1, OTHER_ID.encode()))))),
    ("string, then number", one(GOOD + field(9, field(1, b"mlflow.traceRequestId") + field(2, field(1, OWN_ID.encode()) + field(3, b"\1", 0))))),
    ("number, then string", one(GOOD + field(9, field(1, b"mlflow.traceRequestId") + field(2, field(3, b"\1", 0) + field(1, OTHER_ID.encode()))))),
    ("key is not UTF-8", one(GOOD + field(9, field(1, b"\xff")))), ("request id is not UTF-8", one(GOOD + field(9, field(1, b"mlflow.traceRequestId") + field(2, field(1, b"\xff"))))),
    ("name is not UTF-8", one(GOOD.replace(b"good", b"go\xffd"))),
    ("group around", varint(1 << 3 | 3) + field(2, field(2, EVIL)) + varint(1 << 3 | 4)), ("unknown group", one(GOOD, varint(99 << 3 | 3) + varint(99 << 3 | 4))),
    ("unknown group with spans", one(GOOD, varint(99 << 3 | 3) + one(EVIL) + varint(99 << 3 | 4))),
    ("end of no group", one(GOOD, varint(1 << 3 | 4))), ("field 0", one(GOOD, b"\2\0")), ("wire type 6", one(GOOD, b"\x0e\0")), ("wire type 7", one(GOOD, b"\x0f\0")),
    ("long key", one(GOOD, b"\x8a\0" + field(1, field(2, field(2, EVIL)))[1:])), ("key of five bytes", one(GOOD, b"\x8a\x80\x80\x80\0" + one(EVIL)[1:])),
    ("key of six bytes", one(GOOD, b"\x8a\x80\x80\x80\x80\0" + one(EVIL)[1:])), ("key beyond 32 bits", one(GOOD, b"\x8a\x80\x80\x80\x10" + one(EVIL)[1:])),
    ("key beyond 32 bits by far", one(GOOD, b"\x8a\x80\x80\x80\xf0\xff\xff\xff\xff\1" + one(EVIL)[1:])), ("largest key", one(GOOD, b"\xfa\xff\xff\xff\x0f\0")),
    ("long length", b"\x0a" + bytes([len(one(GOOD)[2:]) | 128, 0]) + one(GOOD)[2:]), ("length too long", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\1" + one(EVIL)[2:]),
    ("cut off", PLAIN[:-1]), ("cut off early", PLAIN[:5]), ("a byte more", PLAIN + b"\x0a"), ("zeros behind", PLAIN + b"\0\0"), ("JSON as protobuf", b'{"resourceSpans":[]}'),
]


def js(ids='"traceId":"%s","spanId":"%s","name":"n","startTimeUnixNano":"1744706958699000000","endTimeUnixNano":"1744706958699000001"', **more):
    text = '{"resourceSpans":[{"scopeSpans":[{"spans":[{' + (ids % (OWN.hex(), SPAN.hex()) if "%s" in ids else ids) + more.get("span", "") + "}]}]" + more.get("resource", "")
    return (text + "}]" + more.get("request", "") + "}").encode()


def attr(key, value):
    return ',"attributes":[{"key":"%s","value":%s}]' % (key, value)


O64 = base64.b64encode(OTHER).decode()
OTHER_SPAN = '{"traceId":"%s","spanId":"%s","name":"n"}' % (OTHER.hex(), SPAN.hex())
JSONS = [
    ("TWIN JSON", js()), ("TWIN upper case hex", js('"traceId":"%s","spanId":"%s"' % (OTHER.hex().upper(), SPAN.hex().upper()))),
    ("TWIN JSON attributes", js(span=attr("n", '{"intValue":"5"}'), resource=',"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]}')),
    ("TWIN JSON own request id", js(span=attr("mlflow.traceRequestId", '{"stringValue":"%s"}' % OWN_ID))),
    ("TWIN JSON parent", js(span=',"parentSpanId":"%s","kind":1,"flags":1,"status":{"code":1},"events":[],"links":[]' % PARENT.hex())),
    ("TWIN JSON parent empty", js(span=',"parentSpanId":""')), ("TWIN JSON unknown", js(span=',"unknown":{"traceId":1}', request=',"x":null')),
    ("JSON other request id", js(span=attr("mlflow.traceRequestId", '{"stringValue":"%s"}' % OTHER_ID))),
    ("JSON request id snake", js(span=attr("mlflow.traceRequestId", '{"string_value":"%s"}' % OTHER_ID))),
    ("JSON request id both", js(span=attr("mlflow.traceRequestId", '{"stringValue":"%s","string_value":"%s"}' % (OWN_ID, OTHER_ID)))),
    ("JSON reserved tag", js(span=attr(TAG + "mlflow.artifactLocation", '{"stringValue":"evil"}'))),
    ("JSON key escaped", js(span=attr("mlflow.trace\\u0054ag.mlflow.artifactLocation", '{"stringValue":"evil"}'))),
    ("JSON trace id snake", js('"trace_id":"%s","spanId":"%s"' % (O64, SPAN.hex()))), ("JSON trace id both", js(span=',"trace_id":"%s"' % O64)),
    ("JSON trace id both, snake first", js('"trace_id":"%s","traceId":"%s","spanId":"%s"' % (O64, OWN.hex(), SPAN.hex()))),
    ("JSON span id snake", js('"traceId":"%s","span_id":"AAECAwQFBgc="' % OWN.hex())), ("JSON trace id base64", js('"traceId":"%s","spanId":"%s"' % (O64, SPAN.hex()))),
    ("JSON trace id with spaces", js('"traceId":" %s ","spanId":"%s"' % (" ".join(OTHER.hex()[i : i + 2] for i in range(0, 32, 2)), SPAN.hex()))),
    ("JSON trace id of 31 digits", js('"traceId":"%s","spanId":"%s"' % (OWN.hex()[1:], SPAN.hex()))), ("JSON trace id of 30 digits", js('"traceId":"%s","spanId":"%s"' % (OWN.hex()[2:], SPAN.hex()))),
    ("JSON trace id twice", js(span=',"traceId":"%s"' % OTHER.hex())), ("JSON trace id null", js('"traceId":null,"spanId":"%s"' % SPAN.hex())), ("JSON trace id number", js('"traceId":5,"spanId":"%s"' % SPAN.hex())),
    ("JSON no trace id", js('"spanId":"%s"' % SPAN.hex())), ("JSON trace id other letters", js(span=',"traceID":"%s"' % OTHER.hex())),
    ("JSON spans snake", js(request=',"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"%s","span_id":"AAECAwQFBgc="}]}]}]' % O64)),
    ("JSON scope spans snake", js(resource=',"scope_spans":[{"spans":[{"trace_id":"%s","span_id":"AAECAwQFBgc="}]}]' % O64)),
    ("JSON spans null", js(resource=',"scopeSpans":null')), ("JSON resource spans twice", js(request=',"resourceSpans":[{"scopeSpans":[{"spans":[%s]}]}]' % OTHER_SPAN)),
    ("JSON list of null", b'{"resourceSpans":[null]}'), ("JSON object for list", b'{"resourceSpans":{}}'), ("JSON null", b'{"resourceSpans":null}'), ("JSON empty", b"{}"), ("JSON list", b"[]"),
    ("JSON spans empty", b'{"resourceSpans":[]}'), ("JSON nothing", b""), ("JSON behind", js() + js()), ("JSON BOM", b"\xef\xbb\xbf" + js()), ("JSON UTF-16", js().decode().encode("utf-16")),
    ("JSON UTF-16 no mark", js().decode().encode("utf-16-le")), ("JSON UTF-32", js().decode().encode("utf-32-be")), ("JSON NaN", js(span=attr("n", '{"doubleValue":NaN}'))),
    ("JSON error after", js(request=',"[a]":1')), ("JSON attribute null", js(span=',"attributes":[null]')), ("JSON attributes null", js(span=',"attributes":null')),
    ("JSON key null", js(span=',"attributes":[{"key":null}]')), ("JSON key number", js(span=',"attributes":[{"key":1}]')), ("JSON lone surrogate", js(span=attr("\\ud800", "{}"))),
    ("JSON resource null", js(resource=',"resource":null')), ("JSON resource list", js(resource=',"resource":[]')), ("protobuf as JSON", PLAIN),
]
HEADERS = [
    ("no experiment", []), ("another experiment", [("x-mlflow-experiment-id", "2")]), ("two experiments", [("x-mlflow-experiment-id", "1"), ("x-mlflow-experiment-id", "2")]),
    *((f"experiment {id!r}", [("x-mlflow-experiment-id", id)]) for id in ("", "02", "+2", "0_2", " 2", "2 ", "1,2", "1, 1", "1.0", "two", "-2", "\u00b2")),
    ("experiment with underscores", [("x-mlflow-experiment-id", "1"), ("x_mlflow_experiment_id", "2")]),
    ("TWIN a run", [("x-mlflow-experiment-id", "1"), ("x-mlflow-run-id", "RUN1")]), ("another's run", [("x-mlflow-experiment-id", "1"), ("x-mlflow-run-id", "RUN2")]),
    ("two runs", [("x-mlflow-experiment-id", "1"), ("x-mlflow-run-id", "RUN1"), ("x-mlflow-run-id", "RUN2")]), ("no run", [("x-mlflow-experiment-id", "1"), ("x-mlflow-run-id", "")]),
    ("runs in one", [("x-mlflow-experiment-id", "1"), ("x-mlflow-run-id", "RUN1, RUN2")]),
]
EXPERIMENT = [("x-mlflow-experiment-id", "1")]
MEDIA = [
    "application/x-protobuf; charset=utf-8", "application/x-protobuf;", "Application/X-Protobuf", "application/protobuf", "application/octet-stream", "", "application/x-protobuf, application/json",
    "application/json", " application/x-protobuf", "application/vnd.google.protobuf", "text/plain",
]
POLYGLOT = polyglot(one(GOOD), EVIL)
ENCODED = [
    ("TWIN gzip", "gzip", gzip.compress(PLAIN)), ("TWIN GZIP", "GZIP", gzip.compress(PLAIN)), ("TWIN deflate", "deflate", zlib.compress(PLAIN)), ("TWIN deflate at its best", "deflate", zlib.compress(PLAIN, 9)),
    ("raw deflate", "deflate", raw_deflate(PLAIN)), ("gzip twice in a row", "gzip", gzip.compress(PLAIN) + gzip.compress(request({"trace": OTHER}))), ("gzip and zeros", "gzip", gzip.compress(PLAIN) + b"\0" * 8),
    ("gzip and more", "gzip", gzip.compress(PLAIN) + b"x"), ("deflate and more", "deflate", zlib.compress(PLAIN) + b"x"), ("gzip cut off", "gzip", gzip.compress(PLAIN)[:-1]), ("deflate cut off", "deflate", zlib.compress(PLAIN)[:-1]),
    ("gzip with a wrong sum", "gzip", gzip.compress(PLAIN)[:-8] + b"abcdefgh"), ("not gzip", "gzip", PLAIN), ("not deflate", "deflate", PLAIN), ("gzip as deflate", "deflate", gzip.compress(PLAIN)), ("deflate as gzip", "gzip", zlib.compress(PLAIN)),
    ("identity", "identity", PLAIN), ("br", "br", PLAIN), ("gzip, gzip", "gzip, gzip", gzip.compress(gzip.compress(PLAIN))), ("x-gzip", "x-gzip", gzip.compress(PLAIN)), ("no encoding", "", PLAIN), ("gzip of gzip", "gzip", gzip.compress(gzip.compress(PLAIN))),
    ("gzip with a space", " gzip", gzip.compress(PLAIN)), ("a zlib stream that is a message", "deflate", POLYGLOT), ("a message that is a zlib stream", "", POLYGLOT),
]


def cases():
    for name, body in BODIES:
        yield name, [*EXPERIMENT, ("content-type", PROTOBUF)], body
    for name, body in JSONS:
        yield name, [*EXPERIMENT, ("content-type", JSON)], body
    for name, headers in HEADERS:
        yield name, [*headers, ("content-type", PROTOBUF)], PLAIN
    for media in MEDIA:
        yield "media " + media, [*EXPERIMENT, ("content-type", media)], PLAIN
    yield "no media", EXPERIMENT, PLAIN
    yield "two media", [*EXPERIMENT, ("content-type", PROTOBUF), ("content-type", JSON)], PLAIN
    yield "TWIN JSON in UTF-8", [*EXPERIMENT, ("content-type", "application/json; charset=utf-8")], js()
    yield "TWIN JSON gzip", [*EXPERIMENT, ("content-type", JSON), ("content-encoding", "gzip")], gzip.compress(js())
    for name, encoding, body in ENCODED:
        yield name, [*EXPERIMENT, ("content-type", PROTOBUF), ("content-encoding", encoding)], body
    yield "two encodings", [*EXPERIMENT, ("content-type", PROTOBUF), ("content-encoding", "gzip"), ("content-encoding", "deflate")], gzip.compress(PLAIN)


class Server:
    def __init__(self, folder):
        self.store = SqlAlchemyStore("sqlite:///" + folder + "/db", folder)
        otel_api._get_tracking_store = lambda: self.store
        self.app = FastAPI()
        self.app.include_router(otel_api.otel_router)
        self.store.create_experiment("one"), self.store.create_experiment("two")
        self.runs = {f"RUN{e}": self.store.create_run(str(e), "u", 1, [], "n").info.run_id for e in (1, 2)}

    def post(self, headers, body):
        sent, status = [{"type": "http.request", "body": body, "more_body": False}], []
        named = [(k, self.runs.get(v, v)) for k, v in headers]
        scope = {
            "type": "http", "method": "POST", "path": "/v1/traces", "raw_path": b"/v1/traces", "query_string": b"", "http_version": "1.1", "scheme": "http",
            "server": ("h", 80), "client": ("c", 1), "root_path": "", "headers": [(k.encode(), v.strip(" \t").encode("latin-1")) for k, v in named],
        }

        async def receive():
            return sent.pop() if sent else {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                status.append(message["status"])

        try:
            asyncio.run(self.app(scope, receive, send))
        except Exception:
            return 500
        return status[0]

    def written(self):
        with self.store.engine.connect() as c:
            rows = lambda query: [r[0] for r in c.execute(sqlalchemy.text(query))]
            run = {v: k for k, v in self.runs.items()}
            found = {
                "trace_ids": sorted(set(rows("select request_id from trace_info") + rows("select trace_id from spans") + rows("select request_id from trace_tags"))),
                "experiments": sorted({str(e) for e in rows("select experiment_id from trace_info")}),
                "tags": sorted(set(rows("select key from trace_tags where value = 'evil'"))),
                "spans": sorted(set(rows("select name from spans"))),
                "runs": sorted({run.get(r, r) for r in rows("select destination_id from entity_associations")}),
            }
            if "trace_name" in rows("select name from pragma_table_info('trace_info')") and rows("select 1 from trace_info where trace_name = 'evil'"):
                found["tags"].append("mlflow.traceName")
        with self.store.engine.begin() as c:
            c.execute(sqlalchemy.text("pragma foreign_keys = off"))
            for table in ("spans", "trace_tags", "trace_request_metadata", "trace_info", "entity_associations"):
                c.execute(sqlalchemy.text("delete from " + table))
        return found


def main():
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        print("MLflow", mlflow.__version__, file=sys.stderr)
        for name, headers, body in cases():
            kind, _, rest = name.partition(" ")
            kind, name = ("TWIN", rest) if kind == "TWIN" else ("CASE", name)
            status = server.post(headers, body)
            show(kind, name, headers, body, status, server.written())
        headers = [("x-mlflow-experiment-id", "2"), ("content-type", PROTOBUF)]
        server.post(headers, one(GOOD))
        headers[0], body = EXPERIMENT[0], one(GOOD.replace(b"good", b"evil"))
        show("VICTIM", "a trace of another experiment", headers, body, server.post(headers, body), server.written())


def show(kind, name, headers, body, status, written):
    print(kind, name, json.dumps(headers), base64.b64encode(body).decode(), status, json.dumps(written), sep="\t")


if __name__ == "__main__":
    main()
