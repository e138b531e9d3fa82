"""Cuts the auth API's lines out of a transcript of a real MLflow basic-auth server (golden/<version>.jsonl), for replay_test.go.

Usage: extract.py golden/2.22.5.jsonl > golden-2.22.5.jsonl. What MLflow did around them (a model was created, renamed) becomes a
"world" line. Error messages are left out: some carry SQL and password hashes. A form's token and cookie are marked: ours are others.
"""

import json
import re
import sys

OURS = ("/signup", "/mlflow/users/", "/mlflow/roles/", "/permissions", "/mlflow/workspace-permissions")


def world(d):
    body, user = d["body"], d["as_user"]
    end = d["path"].removeprefix("/api/2.0/mlflow/")
    if d["status"] != 200:
        return None
    if end == "experiments/create":
        return {"world": "own", "user": user, "kind": "experiment", "id": d["response_body"]["experiment_id"]}
    if end == "registered-models/create":
        kind = "prompt" if "is_prompt" in json.dumps(body) else "registered_model"
        return {"world": "own", "user": user, "kind": kind, "id": body["name"]}
    if end == "registered-models/rename":
        return {"world": "move", "kind": "registered_model", "id": body["name"], "to": body["new_name"]}
    if end == "registered-models/delete":
        return {"world": "forget", "kind": "registered_model", "id": body["name"]}
    return None


def ours(d):
    if not any(o in d["path"] for o in OURS):
        return None
    answer = d["response_body"]
    alert = re.search(r'alert\("(.*)"\).*href = "(.*)"', str(answer), re.DOTALL)
    if d["path"] == "/signup":
        answer = None
    if isinstance(answer, dict) and "error_code" in answer:
        answer = {"error_code": answer["error_code"]}
    elif isinstance(answer, str):
        answer = None
    body = d["body"]
    if body is not None and not isinstance(body, str):
        body = json.dumps(body)
    body = body and re.sub("csrf_token=.*", "csrf_token=<TOKEN>", body)
    keep = {"name": d["name"], "user": d["as_user"], "method": d["method"], "path": d["path"], "status": d["status"]}
    if body is not None:
        keep |= {"type": d["headers"].get("Content-Type", ""), "body": body}
    if "Cookie" in d["headers"]:
        keep["cookie"] = True
    if alert:
        keep |= {"alert": alert[1], "href": alert[2]}
    if answer is not None:
        keep["answer"] = answer
    return keep


for line in open(sys.argv[1]):
    d = json.loads(line)
    kept = world(d) or ours(d)
    if kept:
        print(json.dumps(kept))
