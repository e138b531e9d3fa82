"""Record how a real MLflow answers about what jobs and reviewers work on: python record_review.py http://127.0.0.1:5000 > review-3.17.2.json

The server must run jobs (MLFLOW_SERVER_ENABLE_JOB_EXECUTION=true) and be new: the recording expects to get the experiments 1 and 2. "ids" says
which identifier each thing got.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

base = sys.argv[1]


def call(method, path, params=None, version="3.0"):
    query = "?" + urllib.parse.urlencode(params or {}) if method == "GET" else ""
    body = json.dumps(params).encode() if method != "GET" else None
    target = f"/ajax-api/{version}/mlflow/" + path + query
    request = urllib.request.Request(base + target, body, {"Content-Type": "application/json"} if body else {}, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return target, response.status, json.load(response)
    except urllib.error.HTTPError as e:
        return target, e.code, json.load(e)


def make(path, params, *members):
    answer = call("POST", path, params)[2]
    for member in members:
        answer = answer[member]
    return answer


def main():
    for name in ["one", "two"]:
        call("POST", "experiments/create", {"name": name}, "2.0")
    judge = json.dumps({"name": "a b", "instructions_judge_pydantic_data": {"instructions": "Is {{ outputs }} right?", "model": "openai:/m"}})
    scorer = {"experiment_id": "1", "name": "é/a b", "serialized_scorer": judge}
    make("scorers/register", scorer, "version")
    make("scorers/register", scorer, "version")
    make("scorers/register", dict(scorer, name="second"), "version")
    make("scorers/register", dict(scorer, name="second"), "version")
    call("DELETE", "scorers/delete", {"experiment_id": "1", "name": "second", "version": 1})
    queue = {"experiment_id": "1", "name": "Q", "queue_type": "CUSTOM", "users": ["Alice", "bob"]}
    ids = {
        "dataset": make("datasets/create", {"name": "d", "experiment_ids": ["1", "2"]}, "dataset", "dataset_id"),
        "orphan": make("datasets/create", {"name": "orphan"}, "dataset", "dataset_id"),
        "issue": make("issues", {"experiment_id": "1", "name": "i", "description": "d"}, "issue", "issue_id"),
        "schema": make("label-schemas/create", {"experiment_id": "1", "name": "s", "type": "FEEDBACK", "input": {"text": {}}}, "label_schema", "schema_id"),
        "queue": make("review-queues/create", queue, "review_queue", "queue_id"),
        "owned": make("review-queues/create", dict(queue, name="R"), "review_queue", "queue_id"),
        "personal": make("review-queues/get-or-create-user", {"experiment_id": "1", "user": "Carol"}, "review_queue", "queue_id"),
        "job": make("prompt-optimization/jobs", {
            "experiment_id": "1", "source_prompt_uri": "prompts:/p/1",
            "config": {"optimizer_type": "OPTIMIZER_TYPE_GEPA", "optimizer_config_json": '{"reflection_model": "openai:/m"}'},
        }, "job", "job_id"),
    }
    make("review-queues/update", {"queue_id": ids["owned"], "new_owner": " Dave "}, "review_queue")
    trace = {"trace_id": "tr-1", "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
             "request_time": "2026-01-01T00:00:00Z", "state": "OK"}
    make("traces", {"trace": {"trace_info": trace}}, "trace")
    ids["other job"] = make("scorer/invoke", {"experiment_id": "1", "serialized_scorer": judge, "trace_ids": ["tr-1"]}, "jobs", 0, "job_id")
    answers = {}
    for path, params in [
        *((f"datasets/{d}/experiment-ids", None) for d in [ids["dataset"], ids["orphan"], "nobody"]),
        *((f"issues/{i}", None) for i in [ids["issue"], "nobody"]),
        *(("label-schemas/get", {"schema_id": s}) for s in [ids["schema"], "nobody"]),
        *(("review-queues/get", {"queue_id": q}) for q in [ids["queue"], ids["owned"], ids["personal"], "nobody"]),
        *(("review-queues/get-by-name", {"experiment_id": "1", "name": n}) for n in ["Q", "q", "nobody"]),
        *((f"prompt-optimization/jobs/{j}", None) for j in [ids["job"], ids["other job"], "nobody"]),
        *(("scorers/versions", {"experiment_id": e, "name": n}) for e, n in [("1", "é/a b"), ("1", "second"), ("1", "nobody"), ("99", "a")]),
    ]:
        target, status, body = call("GET", path, params)
        answers["GET " + target] = {"status": status, "body": body}
    json.dump({"ids": ids, "answers": answers}, sys.stdout, indent=1)
    print()


main()
