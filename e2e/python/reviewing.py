"""What reviewers and judges work with: evaluation datasets, issues, label schemas, review queues, scorers and the jobs that run them. The owner
of an experiment does all of it, an editor and a reader what they may, and a stranger, who is denied the experiment, nothing."""

import json

import mlflow
from mlflow.genai.datasets import create_dataset, search_datasets
from mlflow.genai.judges import make_judge
from mlflow.genai.scorers import list_scorers
from stage import ADMIN, admin, auth_client, password, rest, step, user

V3 = "/ajax-api/3.0/mlflow/"
with admin():
    for name in ["owner", "editor", "reader", "stranger"]:
        auth_client().create_user(name, password(name))
with user("owner") as owner:
    exp = owner.create_experiment("reviewing")
    other = owner.create_experiment("reviewing elsewhere")
    for name, level in [("editor", "EDIT"), ("reader", "READ"), ("stranger", "DENY")]:
        auth_client().grant_user_permission(name, "experiment", exp, level)
    for name in ["editor", "reader", "stranger"]:
        auth_client().grant_user_permission(name, "experiment", other, "DENY")
    traces = []
    for e in [exp, other]:
        mlflow.set_experiment(experiment_id=e)
        with mlflow.start_span("call") as span:
            span.set_inputs({"q": "secret question"})
            span.set_outputs("answer")
            traces.append(span.trace_id)
    mlflow.flush_trace_async_logging()
trace, hidden = traces


def ask(who, method, path, wanted, body=None, base=V3):
    """Ask as somebody and demand a status; returns the answer."""
    secret = ADMIN[1] if who == ADMIN[0] else password(who)
    r = rest(method, base + path, (who, secret), json=body)
    assert r.status_code == wanted, f"{who} {method} {path}: {r.status_code}, wanted {wanted}: {r.text[:300]}"
    return r.json() if r.headers.get("content-type", "").startswith("application/json") else r.text


def only(allowed, method, path, body=None, base=V3):
    """Those may, beginning with the weakest, and the rest of us may not; a success of the last one is returned."""
    answer = None
    for who in ["stranger", "reader", "editor", "owner"]:
        ok = who in allowed
        found = ask(who, method, path, 200 if ok else 403, body, base)
        answer = found if ok else answer
    return answer


def granted(who):
    """Which scorers, and what on each."""
    listed = ask(ADMIN[0], "GET", f"users/permissions/list?username={who}", 200, base="/api/3.0/mlflow/")["permissions"]
    return [(g["resource_pattern"], g["permission"]) for g in listed if g["resource_type"] == "scorer"]


ALL, WRITERS, OWNER = ["reader", "editor", "owner"], ["editor", "owner"], ["owner"]

step("a dataset is governed by all its experiments")
with user("editor"):
    mine = create_dataset("mine", experiment_id=[exp])
    mine.merge_records([{"inputs": {"q": 1}, "expectations": {"a": 2}}])
    assert [d.name for d in search_datasets(experiment_ids=[exp])] == ["mine"]
only(ALL, "GET", f"datasets/{mine.dataset_id}/records")
only(WRITERS, "PATCH", f"datasets/{mine.dataset_id}/tags", {"tags": json.dumps({"a": "b"})})
only(OWNER, "POST", f"datasets/{mine.dataset_id}/add-experiments", {"experiment_ids": [other]})
only(OWNER, "GET", f"datasets/{mine.dataset_id}")
only([], "POST", "datasets/create", {"name": "nobody's"})
only([], "POST", "datasets/search", {})
only(OWNER, "GET", f"datasets/search?experiment_ids={exp}&experiment_ids={other}")
ask("editor", "DELETE", f"datasets/{mine.dataset_id}", 403)
ask("owner", "DELETE", f"datasets/{mine.dataset_id}", 200)

step("issues and label schemas belong to the experiment")
issue = only(WRITERS, "POST", "issues", {"experiment_id": exp, "name": "i", "description": "d"})["issue"]["issue_id"]
only(ALL, "GET", f"issues/{issue}")
only(ALL, "POST", "issues/search", {"experiment_id": exp})
only(WRITERS, "PATCH", f"issues/{issue}", {"issue_id": issue, "name": "j"})
ask("owner", "POST", "issues/search", 400, {})
schema = {"experiment_id": exp, "name": "ok?", "type": "FEEDBACK", "input": {"text": {}}}
schema = only(OWNER, "POST", "label-schemas/create", schema)["label_schema"]["schema_id"]
only(ALL, "GET", f"label-schemas/get?schema_id={schema}")
only(OWNER, "PATCH", "label-schemas/update", {"schema_id": schema, "name": "right?"})
ask("reader", "GET", "label-schemas/get?schema_id=ls-0", 403)

step("a review queue is for its members and whoever manages it")
new = {"experiment_id": exp, "name": "first", "queue_type": "CUSTOM", "users": ["Editor"]}
for who in ["stranger", "reader"]:
    ask(who, "POST", "review-queues/create", 403, new)
queue = ask("editor", "POST", "review-queues/create", 200, new)["review_queue"]["queue_id"]
only(WRITERS, "GET", f"review-queues/get?queue_id={queue}")
only(WRITERS, "GET", f"review-queues/get-by-name?experiment_id={exp}&name=FIRST")
only(WRITERS, "POST", "review-queues/items/add", {"queue_id": queue, "item_ids": [trace]})
ask("editor", "POST", "review-queues/items/add", 404, {"queue_id": queue, "item_ids": [hidden]})
done = {"queue_id": queue, "item_id": trace, "status": "COMPLETE", "completed_by": "editor"}
only(["editor"], "POST", "review-queues/items/set-status", done)
ask("editor", "POST", "review-queues/items/set-status", 403, done | {"completed_by": "owner"})
ask("editor", "POST", "review-queues/update", 403, {"queue_id": queue, "name": "second"})
ask("editor", "POST", "review-queues/update", 403, {"queue_id": queue, "new_owner": "editor"})
ask("owner", "POST", "review-queues/update", 200, {"queue_id": queue, "new_owner": "editor"})
ask("editor", "POST", "review-queues/update", 200, {"queue_id": queue, "name": "second", "update_users": True, "users": ["reader"]})
only(ALL, "GET", f"review-queues/items/list?queue_id={queue}")
only(WRITERS, "GET", f"review-queues/list?experiment_id={exp}")
own = ask("editor", "POST", "review-queues/get-or-create-user", 200, {"experiment_id": exp, "user": "editor"})["review_queue"]["queue_id"]
ask("editor", "POST", "review-queues/delete", 403, {"queue_id": own})
ask("editor", "POST", "review-queues/delete", 200, {"queue_id": queue})

step("whoever registers a scorer first owns it, and another version changes nothing")
with user("editor"):
    judge = make_judge(name="a b/c", instructions="Is {{ outputs }} right?", model="openai:/gpt-5-mini")
    judge.register(experiment_id=exp)
    assert [s.name for s in list_scorers(experiment_id=exp)] == ["a b/c"]
key = f"{exp}/a%20b%2Fc"
with user("owner"):
    judge.register(experiment_id=exp)
assert granted("editor") == [(key, "MANAGE")] and not granted("owner")
find = f"scorers/get?experiment_id={exp}&name=a%20b%2Fc"
only(ALL, "GET", find)
with user("editor"):  # its owner hides it from readers, and shows it to the stranger
    auth_client().grant_user_permission("reader", "scorer", key, "DENY")
    auth_client().grant_user_permission("stranger", "scorer", key, "READ")
only(["stranger", *WRITERS], "GET", find)
for who, count in [("stranger", 1), ("reader", 0), ("editor", 1), ("owner", 1)]:
    assert len(ask(who, "GET", "scorers/list", 200).get("scorers", [])) == count, who
ask("reader", "GET", f"scorers/list?experiment_id={exp}", 200)
ask("stranger", "GET", f"scorers/list?experiment_id={exp}", 403)
raw = {"experiment_id": exp, "name": "x", "serialized_scorer": json.dumps({"name": "x", "call_source": "import os", "call_signature": "()", "original_func_name": "x"})}
ask("owner", "POST", "scorers/register", 403, raw)
ask("owner", "POST", "scorers/register", 403, raw | {"serialized_scorer": json.dumps({"instructions_judge_pydantic_data": {"model": "gateway:/not-mine"}})})
online = {"experiment_id": exp, "name": "a b/c", "sample_rate": 0.0}
config = only(WRITERS, "PUT", "scorers/online-config", online)["config"]["scorer_id"]
for who, count in [("stranger", 0), ("reader", 1)]:
    assert len(ask(who, "GET", f"scorers/online-configs?scorer_ids={config}", 200)["configs"]) == count, who
ask("editor", "DELETE", "scorers/delete", 200, {"experiment_id": exp, "name": "a b/c", "version": 2})
only(["stranger", *WRITERS], "GET", find)

step("a job belongs to whoever started it, and reaches nothing more than that")
inline = json.dumps({"name": "x", "instructions_judge_pydantic_data": {"instructions": "Is {{ outputs }} right?", "model": "openai:/gpt-5-mini"}})
run = {"experiment_id": exp, "serialized_scorer": inline, "trace_ids": [trace]}
ask("editor", "POST", "scorer/invoke", 403, run | {"trace_ids": [trace, hidden]})
ask("reader", "POST", "scorer/invoke", 403, run)
job = ask("editor", "POST", "scorer/invoke", 200, run)["jobs"][0]["job_id"]
ask("owner", "POST", "genai/evaluate/invoke", 403, {"experiment_id": exp, "trace_ids": [hidden], "serialized_scorers": [inline[:-1] + ',"call_source":"1"}']})
prompt = {"experiment_id": exp, "source_prompt_uri": "prompts:/reviewed/1", "config": {"optimizer_type": "OPTIMIZER_TYPE_GEPA"}}
with user("owner"):
    mlflow.genai.register_prompt("reviewed", "say {{ x }}")
ask("editor", "POST", "prompt-optimization/jobs", 403, prompt)
optimize = ask("owner", "POST", "prompt-optimization/jobs", 200, prompt)["job"]["job_id"]
ask("owner", "GET", f"prompt-optimization/jobs/{optimize}", 200)
ask("stranger", "GET", f"prompt-optimization/jobs/{optimize}", 403)
ask("owner", "GET", f"prompt-optimization/jobs/{job}", 403)
for path, base in [(f"jobs/{job}", V3), (f"jobs/{job}", "/ajax-api/3.0/")]:
    only(["editor"], "GET", path, base=base)
for who, wanted in [("stranger", []), ("editor", [job]), ("owner", [optimize])]:
    assert [j["job_id"] for j in ask(who, "POST", "jobs/search", 200, {}, "/ajax-api/3.0/")["jobs"]] == wanted, who
ask("owner", "POST", "jobs/", 403, {"job_name": "optimize_prompts", "params": {}}, "/ajax-api/3.0/")
ask("owner", "PATCH", f"jobs/cancel/{job}", 403)
ask("editor", "PATCH", f"jobs/cancel/{job}", 200)
ask("owner", "POST", f"prompt-optimization/jobs/{optimize}/cancel", 200)
ask("editor", "DELETE", f"prompt-optimization/jobs/{optimize}", 403)
ask("owner", "DELETE", f"prompt-optimization/jobs/{optimize}", 200)

step("what is deleted takes its grants along")
ask("editor", "DELETE", "scorers/delete", 200, {"experiment_id": exp, "name": "a b/c"})
assert not any(granted(who) for who in ["editor", "reader", "stranger"])
