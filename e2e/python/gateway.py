"""The AI gateway: whose secrets, model definitions and endpoints, who may send requests through them, and what MLflow gets to see of those.

It needs a server with MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS and http among MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES, since the
language model is this script.
"""

import base64
import http.server
import json
import threading

from stage import ADMIN, admin, auth_client, password, refused, rest, step

API = "/api/3.0/mlflow/gateway/"
GINA, HUGO = (("gina", password("gina")), ("hugo", password("hugo")))


class Model(http.server.BaseHTTPRequestHandler):
    """An OpenAI that remembers what it was asked."""

    asked = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, dict(self.headers), body))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}
        answer = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        answer["usage"] = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def call(who, method, path, status=200, **body):
    kwargs = {"params": body} if method == "GET" else {"json": body}
    r = rest(method, API + path, who, **kwargs)
    assert r.status_code == status, (method, path, body, r.status_code, r.text)
    return r.json()


def ids(who, what, key):
    return {row[key] for row in call(who, "GET", what.replace("_", "-") + "/list").get(what, [])}


model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=model.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{model.server_address[1]}/v1"

with admin():
    for name, secret in (GINA, HUGO):
        auth_client().create_user(name, secret)

step("the creator owns a secret, a definition and an endpoint")
secret = call(GINA, "POST", "secrets/create", secret_name="key-of-gina", secret_value={"api_key": "sk-of-gina"}, provider="openai",
              auth_config={"api_base": base})["secret"]["secret_id"]
call(HUGO, "POST", "model-definitions/create", 403, name="stolen", secret_id=secret, provider="openai", model_name="m")
definition = call(GINA, "POST", "model-definitions/create", name="model", secret_id=secret, provider="openai", model_name="m")
definition = definition["model_definition"]["model_definition_id"]
config = [{"model_definition_id": definition, "linkage_type": "PRIMARY", "weight": 1.0}]
call(HUGO, "POST", "endpoints/create", 403, name="stolen", model_configs=config)
endpoint = call(GINA, "POST", "endpoints/create", name="chat", model_configs=config)["endpoint"]
tracked, endpoint = endpoint["experiment_id"], endpoint["endpoint_id"]
owned = (("gateway_secret", secret), ("gateway_model_definition", definition), ("gateway_endpoint", endpoint))
for kind, id in owned:
    r = rest("GET", f"/api/3.0/mlflow/users/permissions/get?username=gina&resource_type={kind}&resource_id={id}", ADMIN)
    assert r.json()["permission"] == "MANAGE", (kind, r.text)

step("READ shows, and neither changes nor uses")
assert secret in ids(HUGO, "secrets", "secret_id") and endpoint in ids(HUGO, "endpoints", "endpoint_id")
for attempt in (("secrets/update", {"secret_id": secret, "secret_value": {"api_key": "x"}}),
                ("model-definitions/update", {"model_definition_id": definition, "model_name": "other"}),
                ("endpoints/update", {"endpoint_id": endpoint, "name": "mine"}),
                ("endpoints/set-tag", {"endpoint_id": endpoint, "key": "k", "value": "v"}),
                ("endpoints/models/detach", {"endpoint_id": endpoint, "model_definition_id": definition})):
    call(HUGO, "POST", attempt[0], 403, **attempt[1])
call(HUGO, "DELETE", "secrets/delete", 403, secret_id=secret)
call(HUGO, "GET", "endpoints/bindings/list", 403)
call(HUGO, "GET", "guardrails/list", 403)
call(HUGO, "GET", "budgets/list", 403)
call(GINA, "POST", "endpoints/set-tag", endpoint_id=endpoint, key="k", value="v")


def chat(who, path="mlflow/v1/chat/completions", headers=None, **body):
    body = {"messages": [{"role": "user", "content": "hi"}], **body}
    if "chat/" != path[:5]:
        body.setdefault("model", "chat")
    return rest("POST", "/gateway/" + path, who, json=body, headers=headers)


def models(who):
    r = rest("GET", "/gateway/mlflow/v1/models", who)
    if r.status_code == 404:  # older releases
        return ["chat"] if chat(who).status_code == 200 else []
    return [m["id"] for m in r.json()["data"]]


step("an invocation needs USE, wherever the request names the endpoint")
for path in ("mlflow/v1/chat/completions", "openai/v1/chat/completions", "chat/mlflow/invocations", "proxy/chat/chat/completions"):
    r = chat(HUGO, path)
    assert r.status_code == 403, (path, r.status_code, r.text)
assert not Model.asked and models(HUGO) == [] and models(GINA) == ["chat"]
for path in ("mlflow/v1/chat/completions", "openai/v1/chat/completions", "chat/mlflow/invocations"):
    r = chat(GINA, path)
    assert r.status_code == 200 and "hello" in r.text, (path, r.status_code, r.text)
with admin():
    auth_client().grant_user_permission("hugo", "gateway_endpoint", endpoint, "USE")
assert chat(HUGO).status_code == 200 and models(HUGO) == ["chat"]
assert chat(HUGO, model="CHAT").status_code == 403
assert rest("POST", "/gateway/proxy/mlflow/invocations", GINA, json={}).status_code == 400
text = json.dumps({"model": "chat", "messages": [{"role": "user", "content": "hi"}]}).encode()
r = rest("POST", "/gateway/mlflow/v1/chat/completions", HUGO, data=iter([text]), headers={"Content-Type": "application/json"})
assert r.status_code == 200, ("chunked", r.status_code, r.text)

step("no password reaches the model's provider, and nobody writes into another's trace")
with admin() as client:
    private = client.create_experiment("private")
before = len(Model.asked)
mlflow_only = "Basic " + base64.b64encode(":".join(HUGO).encode()).decode()
unwanted = {"traceparent": "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01", "X-MLflow-Guardrail-Bypass": "1"}
r = chat(HUGO, headers={**unwanted, "X-MLflow-Authorization": "Basic c2VjcmV0OnNlY3JldA=="})
assert r.status_code == 401, ("whoever sends both means MLflow's", r.text)
r = chat(None, headers={**unwanted, "Authorization": "Bearer sk-of-hugo", "X-MLflow-Authorization": mlflow_only})
assert r.status_code == 200, r.text
r = chat(HUGO, headers=unwanted)
assert r.status_code == 200, r.text
assert len(Model.asked) == before + 2
for _, headers, _ in Model.asked[before:]:
    seen = {k.lower(): v for k, v in headers.items()}
    assert seen["authorization"] == "Bearer sk-of-gina", seen
    assert not {"x-mlflow-authorization", "traceparent", "x-mlflow-guardrail-bypass"} & set(seen), seen
r = rest("GET", "/api/3.0/mlflow/traces/get?trace_id=tr-" + "ab" * 16, ADMIN)
assert r.status_code == 404, r.text

step("an endpoint logs where its owner may write")
with admin():
    auth_client().grant_user_permission("gina", "experiment", private, "READ")
call(GINA, "POST", "endpoints/update", 403, endpoint_id=endpoint, experiment_id=private)
with admin() as client:
    client.create_experiment("gateway/taken")
call(GINA, "POST", "endpoints/create", 403, name="taken", model_configs=config)
untracked = call(GINA, "POST", "endpoints/create", name="taken", model_configs=config, usage_tracking=False)["endpoint"]["endpoint_id"]
call(GINA, "POST", "endpoints/update", 403, endpoint_id=untracked, usage_tracking=True)
call(GINA, "POST", "endpoints/update", endpoint_id=endpoint, usage_tracking=True)

step("what is denied is not listed, nor mentioned, nor used")
with admin():
    auth_client().grant_user_permission("hugo", "gateway_secret", secret, "DENY")
assert secret not in ids(HUGO, "secrets", "secret_id")
for text in (rest("GET", API + p, HUGO).text for p in (
        "endpoints/list", "endpoints/get?name=chat", f"endpoints/get?endpoint_id={endpoint}", "model-definitions/list",
        f"model-definitions/get?model_definition_id={definition}")):
    assert definition in text and secret not in text and "key-of-gina" not in text, text
with admin():
    auth_client().grant_user_permission("hugo", "gateway_model_definition", definition, "DENY")
assert definition not in rest("GET", API + "endpoints/list", HUGO).text
with admin():
    client = auth_client()
    client.revoke_user_permission("hugo", "gateway_endpoint", endpoint)
    client.grant_user_permission("hugo", "gateway_endpoint", endpoint, "DENY")
assert endpoint not in ids(HUGO, "endpoints", "endpoint_id") and chat(HUGO).status_code == 403
call(HUGO, "GET", "endpoints/get", 403, name="chat")
assert models(HUGO) == []

step("what anybody may ask, without what helps an attacker")
config = rest("GET", "/ajax-api/3.0/mlflow/gateway/secrets/config", HUGO).json()
assert config == {"secrets_available": True}, config
assert "using_default_passphrase" in rest("GET", "/ajax-api/3.0/mlflow/gateway/secrets/config", ADMIN).json()
assert rest("GET", "/ajax-api/3.0/mlflow/gateway/provider-config?provider=openai", HUGO).status_code == 200

step("nobody gets a shell, and only admins have MLflow send requests")
for who in (HUGO, ADMIN):
    assert rest("GET", "/ajax-api/3.0/mlflow/assistant/config", who).status_code == 403
assert rest("GET", "/api/2.0/mlflow/webhooks", HUGO).status_code == 403
assert rest("GET", "/api/2.0/mlflow/webhooks", ADMIN).status_code == 200

step("what is deleted takes its grants along")
call(GINA, "DELETE", "endpoints/delete", endpoint_id=endpoint)
call(GINA, "DELETE", "endpoints/delete", endpoint_id=untracked)
call(GINA, "DELETE", "model-definitions/delete", model_definition_id=definition)
call(GINA, "DELETE", "secrets/delete", secret_id=secret)
for name in ("gina", "hugo"):
    rows = rest("GET", f"/api/3.0/mlflow/users/permissions/list?username={name}", ADMIN).json()["permissions"]
    assert not [row for row in rows if row["resource_type"].startswith("gateway_")], rows
print("ok")
