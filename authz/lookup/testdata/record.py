"""Record how a real MLflow answers the look-ups of resolver_test.go: python record.py http://127.0.0.1:5000 > mlflow-3.17.2.json

The server must be new: the recording expects to get the experiments 1 and 2.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

base = sys.argv[1]


def call(method, path, params=None):
    query = "?" + urllib.parse.urlencode(params) if params and method == "GET" else "?" if method == "GET" else ""
    body = json.dumps(params).encode() if method == "POST" else None
    target = "/ajax-api/2.0/mlflow/" + path + query
    request = urllib.request.Request(base + target, body, {"Content-Type": "application/json"} if body else {}, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return target, response.status, json.load(response)
    except urllib.error.HTTPError as e:
        return target, e.code, json.load(e)


def main():
    call("POST", "experiments/create", {"name": "some name"})
    call("POST", "experiments/create", {"name": "draft"})
    call("POST", "experiments/update", {"experiment_id": "2", "new_name": "renamed"})
    run = call("POST", "runs/create", {"experiment_id": "1"})[2]["run"]["info"]["run_id"]
    model = call("POST", "logged-models", {"experiment_id": "1", "name": "x"})[2]["model"]["info"]["model_id"]
    is_prompt = "mlflow.prompt.is_prompt"
    call("POST", "registered-models/create", {"name": "model"})
    call("POST", "registered-models/create", {"name": "prompt", "tags": [{"key": "a", "value": "b"}, {"key": is_prompt, "value": "True"}]})
    call("POST", "registered-models/create", {"name": "no prompt", "tags": [{"key": is_prompt, "value": "yes"}]})
    asked = [
        ("runs/get", {"run_id": run}), ("runs/get", {"run_id": "0" * 32}), (f"logged-models/{model}", None), ("logged-models/m-0", None),
        ("experiments/get-by-name", {"experiment_name": "some name"}), ("experiments/get-by-name", {"experiment_name": "renamed"}),
        ("experiments/get-by-name", {"experiment_name": "nobody"}), ("registered-models/get", {"name": "model"}),
        ("registered-models/get", {"name": "nobody"}), ("registered-models/get", {"name": "prompt"}),
        ("registered-models/get", {"name": "no prompt"}),
    ]
    answers = {}
    for path, params in asked:
        target, status, body = call("GET", path, params)
        answers["GET " + target] = {"status": status, "body": body}
    json.dump(answers, sys.stdout, indent=1)
    print()


main()
