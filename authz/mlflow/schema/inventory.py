"""Print what an installed MLflow serves: its routes, and the request messages that they take. `make inventory MLFLOW=x` calls it.

    PYTHONPATH=… python inventory.py 3.4.0

    GET      /{api,ajax-api}/2.0/mlflow/runs/get   GetRun           flask     a route: request message, or handler in small letters; server
    message  GetRun                                run_id:string …            what dump.py prints, of the messages that routes take
    enum     ViewType                              ACTIVE_ONLY=1 …
    model    submit_job                            job_name:str ?key:str …    FastAPI handlers: members of the body, ?parameters of the query

(columns are separated by tabs). It is the superset of what a server of this release can serve. MLflow registers all of its routes whatever
its options are (--serve-artifacts, job execution, the gateway, workspaces: handlers refuse when they are off), but for --expose-prometheus,
which is therefore on here. Plugins' routes and those of the auth app, which this service serves itself, are not part of it.
The server is 501 where MLflow registers a route and answers only that (Not Implemented). Where FastAPI and Flask both serve a route,
`mlflow server` answers by FastAPI, and by Flask under gunicorn or waitress.
"""

import os
import re
import sys
import tempfile

state = tempfile.TemporaryDirectory()
os.environ["prometheus_multiproc_dir"] = os.environ["PROMETHEUS_MULTIPROC_DIR"] = state.name
os.environ["_MLFLOW_SERVER_FILE_STORE"] = f"sqlite:///{state.name}/mlflow.db"
os.environ["_MLFLOW_SERVER_SERVE_ARTIFACTS"] = "true"

import dump
from mlflow.server import app as flask_app
from mlflow.server import handlers
from mlflow.version import VERSION


def request_messages():
    """The request message of each (method, path) that has one."""
    taken = {}

    def name_of(message):
        def handler():
            pass

        handler.message = message
        return handler

    for path, handler, methods in handlers.get_endpoints(name_of):
        if message := getattr(handler, "message", None):
            for method in methods:
                taken.setdefault((method, path), message.DESCRIPTOR)
    return taken


def flask_routes(messages):
    for rule in flask_app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            message = messages.get((method, rule.rule))
            name = dump.short(message.full_name) if message else rule.endpoint.lstrip("_")
            yield method, rule.rule, name, "501" if rule.endpoint == "_not_implemented" else "flask"


def fastapi_routes():
    try:
        from fastapi.routing import iter_route_contexts
        from mlflow.server.fastapi_app import app
    except ModuleNotFoundError as e:
        if e.name != "mlflow.server.fastapi_app":  # MLflow before 3.4 has none
            raise
        return
    for route in iter_route_contexts(app.routes):
        if route.endpoint is None:
            continue  # the mount of the Flask app
        path = re.sub(r"\{(\w+):path\}", r"<path:\1>", route.path)
        for method in (route.methods or {"WEBSOCKET"}) - {"HEAD"}:
            yield method, re.sub(r"\{(\w+)\}", r"<\1>", path), route


def type_name(field):
    of = field.annotation
    name = of.__name__ if isinstance(of, type) and not getattr(of, "__args__", None) else str(of)
    return re.sub(r"\s|typing\.|mlflow\.[\w.]*\.", "", name)


def members(route):
    """What a FastAPI handler reads: the members of its body's model, and its query parameters with a question mark."""
    parts = [f"?{p.alias}:{type_name(p.field_info)}" for p in route.dependant.query_params]
    for p in route.dependant.body_params:
        model = getattr(p.field_info.annotation, "model_fields", {p.alias: p.field_info})
        parts += [f"{f.alias or name}:{type_name(f)}" for name, f in model.items()]
    return " ".join(parts)


def fold(served):
    """Makes one line of the twins of a route below /api and /ajax-api."""
    for (method, path), what in served.items():
        api, ajax = path.replace("/ajax-api/", "/api/", 1), path.replace("/api/", "/ajax-api/", 1)
        if api == ajax or served.get((method, api)) != served.get((method, ajax)):
            yield method, path, *what
        elif path == api:
            yield method, path.replace("/api/", "/{api,ajax-api}/", 1), *what


def inventory():
    messages, served, lines = request_messages(), {}, set()
    for method, path, name, server in flask_routes(messages):
        served.setdefault((method, path), (name, server))
    for method, path, route in fastapi_routes():
        twin = served.get((method, path))
        served[method, path] = (twin[0], "fastapi flask") if twin and "flask" in twin[1] else (route.endpoint.__name__, "fastapi")
        if reads := members(route):
            lines.add(f"model\t{route.endpoint.__name__}\t{reads}")
    routes = sorted(fold(served), key=lambda r: (r[1], r[0]))
    for line in dump.walk(m for key, m in messages.items() if key in served):
        lines.add(line.replace("enum ", "enum\t", 1) if line.startswith("enum ") else "message\t" + line)
    return ["\t".join(r) for r in routes] + sorted(lines)


if __name__ == "__main__":
    if sys.argv[1] != VERSION:
        sys.exit(f"inventory: MLflow {VERSION} is installed here, not {sys.argv[1]}")
    print("\n".join(inventory()))
