"""Record how a real MLflow answers the look-ups of gateway_test.go: python record_gateway.py http://127.0.0.1:5000 > gateway-3.18.0.json

The server must be new: the recording expects to get the experiments 1 and 2.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

base = sys.argv[1] + "/ajax-api/"
GATEWAY = "3.0/mlflow/gateway/"


def call(method, path, params=None):
    query = "?" + urllib.parse.urlencode(params or {}) if method == "GET" else ""
    body = json.dumps(params).encode() if method == "POST" else None
    request = urllib.request.Request(base + path + query, body, {"Content-Type": "application/json"} if body else {}, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return method + " /ajax-api/" + path + query, response.status, json.load(response)
    except urllib.error.HTTPError as e:
        return method + " /ajax-api/" + path + query, e.code, json.load(e)


def make(path, **params):
    status, answer = call("POST", path, params)[1:]
    assert status == 200, answer
    return answer


def main():
    make("2.0/mlflow/experiments/create", name="judged")  # 1
    make("2.0/mlflow/experiments/create", name="gateway/taken")  # 2
    secret = make(GATEWAY + "secrets/create", secret_name="key", secret_value={"api_key": "no secret"}, provider="openai")["secret"]["secret_id"]
    model = make(GATEWAY + "model-definitions/create", name="model", secret_id=secret, provider="openai", model_name="m")
    model = model["model_definition"]["model_definition_id"]
    configs = [{"model_definition_id": model, "linkage_type": "PRIMARY", "weight": 1}]
    quiet, taken, changed = (
        make(GATEWAY + "endpoints/create", name=name, model_configs=configs, usage_tracking=False)["endpoint"]["endpoint_id"]
        for name in ("quiet", "taken", "first"))
    make(GATEWAY + "endpoints/update", endpoint_id=changed, name="changed")
    chat = make(GATEWAY + "endpoints/create", name="chat", model_configs=configs, experiment_id="1")["endpoint"]["endpoint_id"]
    judge = {"name": "is it polite?", "instructions_judge_pydantic_data": {"instructions": "Is {{ outputs }} polite?", "model": "openai:/m"}}
    scorer = make("3.0/mlflow/scorers/register", experiment_id="1", name=judge["name"], serialized_scorer=json.dumps(judge))["scorer_id"]
    guardrail = make(GATEWAY + "guardrails/create", name="g", scorer_id=scorer, scorer_version=1, stage="BEFORE", action="VALIDATION")
    guardrail = guardrail["guardrail"]["guardrail_id"]
    make("3.0/mlflow/mcp-servers", name="com.example/srv")
    make("3.0/mlflow/skills", name="review")
    make("3.0/mlflow/skills", name="review", organization="acme")
    asked = [(GATEWAY + kind + "/list", None) for kind in ("secrets", "model-definitions", "endpoints")]
    asked += [(GATEWAY + "endpoints/get", {"endpoint_id": id}) for id in (quiet, taken, changed, chat, "e-0")]
    asked += [(GATEWAY + "endpoints/get", {"name": name}) for name in ("chat", "CHAT", "nobody")]
    asked += [(GATEWAY + "guardrails/get", {"guardrail_id": id}) for id in (guardrail, "gr-0")]
    asked += [("2.0/mlflow/experiments/get-by-name", {"experiment_name": "gateway/" + n}) for n in ("quiet", "taken", "changed", "free")]
    asked += [("3.0/mlflow/mcp-servers/" + n, None) for n in ("com.example/srv", "com.example/free")]
    asked += [("3.0/mlflow/skills/" + n, None) for n in ("review", "@acme/review", "free")]
    answers = {}
    for path, params in asked:
        target, status, body = call("GET", path, params)
        answers[target] = {"status": status, "body": body}
    ids = {"secret": secret, "model": model, "quiet": quiet, "taken": taken, "changed": changed, "chat": chat, "guardrail": guardrail}
    json.dump({"ids": ids, "answers": answers}, sys.stdout, indent=1)
    print()


main()
