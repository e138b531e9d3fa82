"""Traces of Tracey and their assessments, and what Bruno may do with them at each level."""

import os
import secrets
from unittest import mock

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"

import mlflow
from stage import NEWER, admin, auth_client, password, refused, rest, step, user

TRACEY, BRUNO = ("tracey", password("tracey")), ("bruno", password("bruno"))


if not NEWER:
    from mlflow.tracing.processor.mlflow import MlflowSpanProcessor

    # What the constructor of OpenTelemetry's newer SDK sets, which this release does not call.
    MlflowSpanProcessor._shutdown, MlflowSpanProcessor._metrics = False, mock.Mock()


def grant(experiment, level):
    """What Bruno may do with Tracey's experiment."""
    body = {"experiment_id": experiment, "username": "bruno", "permission": level}
    r = rest("POST", "/api/2.0/mlflow/experiments/permissions/create", TRACEY, json=body)
    if r.status_code == 400 and r.json()["error_code"] == "RESOURCE_ALREADY_EXISTS":
        r = rest("PATCH", "/api/2.0/mlflow/experiments/permissions/update", TRACEY, json=body)
    assert r.status_code == 200, r.text


def traced(experiment, name):
    """A trace of two spans, as an application logs it; its id."""
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_span(name) as root:
        root.set_inputs({"question": "who painted it?"})
        with mlflow.start_span("inner") as inner:
            inner.set_outputs("rembrandt")
        mlflow.update_current_trace(tags={"team": "blue"})
        root.set_outputs("rembrandt")
    return root.trace_id if NEWER else root.request_id


def started(who, experiment, trace_id, **info):
    where = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}
    info = {"trace_id": trace_id, "trace_location": where, "request_time": "2026-01-02T03:04:05Z", "state": "OK", **info}
    return rest("POST", "/api/3.0/mlflow/traces", who, json={"trace": {"trace_info": info}})


def search(client, experiment, **kwargs):
    found = client.search_traces([experiment], **kwargs)
    return [t.info.trace_id if NEWER else t.info.request_id for t in found]


with admin():
    for name in ("tracey", "bruno"):
        auth_client().create_user(name, password(name))

step("Tracey traces her application, with MLflow's own client")
with user("tracey") as tracey:
    exp = tracey.create_experiment("tracks")
    grant(exp, "NO_PERMISSIONS")
    trace = traced(exp, "restored")
    assert search(tracey, exp) == [trace]
    assert search(tracey, exp, filter_string="tags.team = 'blue'") == [trace]
    got = tracey.get_trace(trace)
    assert [s.name for s in got.data.spans] == ["restored", "inner"], got
    assert got.info.tags["team"] == "blue"
    tracey.set_trace_tag(trace, "checked", "yes")
    tracey.delete_trace_tag(trace, "checked")
with user("bruno") as bruno:
    own = bruno.create_experiment("brunos tracks")
    mine = traced(own, "brunos")
artifact = f"/ajax-api/2.0/mlflow/get-trace-artifact?request_id={trace}"
assert b"rembrandt" in rest("GET", artifact, TRACEY).content

if NEWER:
    step("and assesses what it said, during the trace and afterwards")
    with user("tracey") as tracey:
        mlflow.set_experiment(experiment_id=exp)
        with mlflow.start_span("assessed") as span:
            mlflow.log_feedback(trace_id=span.trace_id, name="at once", value=True)
        feedback = mlflow.log_feedback(trace_id=trace, name="correct", value=True)
        mlflow.log_expectation(trace_id=trace, name="answer", value="rembrandt")
        mlflow.update_assessment(trace, feedback.assessment_id, mlflow.entities.Feedback(name="correct", value=False))
        second = mlflow.override_feedback(trace_id=trace, assessment_id=feedback.assessment_id, value=True)
        mlflow.delete_assessment(trace, second.assessment_id)
        assert mlflow.get_assessment(trace, feedback.assessment_id).value is False
        assert [a.name for a in tracey.get_trace(span.trace_id).info.assessments] == ["at once"]
        run = tracey.create_run(exp).info.run_id
        tracey.link_traces_to_run([trace], run)
        assert search(tracey, exp, filter_string=f"attributes.run_id = '{run}'") == [trace]
        tracey.register_prompt("curator", "who painted {{it}}?")
        tracey.link_prompt_versions_to_trace([tracey.get_prompt_version("curator", 1)], trace)

step("Bruno, with NO_PERMISSIONS, sees and touches none of it")


def reading(c):
    yield lambda: c.get_trace(trace)
    yield lambda: search(c, exp)
    if NEWER:
        yield lambda: mlflow.get_assessment(trace, feedback.assessment_id)


def writing(c):
    yield lambda: c.set_trace_tag(trace, "k", "v")
    yield lambda: c.delete_trace_tag(trace, "team")
    if NEWER:
        yield lambda: mlflow.log_feedback(trace_id=trace, name="wrong", value=1)
        yield lambda: mlflow.update_assessment(trace, feedback.assessment_id, mlflow.entities.Feedback(name="correct", value=1))
        yield lambda: mlflow.delete_assessment(trace, feedback.assessment_id)


def deleting(c):
    yield lambda: c.delete_traces(exp, max_timestamp_millis=10**15)
    yield lambda: c.delete_traces(own, **({"trace_ids": [trace]} if NEWER else {"request_ids": [trace]}))


with user("bruno") as bruno:
    for attempt in (*reading(bruno), *writing(bruno), *deleting(bruno)):
        with refused():
            attempt()
for path in (
    artifact,
    f"/api/2.0/mlflow/traces/{trace}/info",
    f"/ajax-api/3.0/mlflow/traces/{trace}",
    f"/api/3.0/mlflow/traces/get?trace_id={trace}",
    f"/api/3.0/mlflow/traces/batchGet?trace_ids={mine}&trace_ids={trace}",
    f"/ajax-api/3.0/mlflow/get-trace-artifact?request_id={trace}",
    f"/api/2.0/mlflow/traces?experiment_ids={own}&experiment_ids={exp}",
):
    r = rest("GET", path, BRUNO)
    assert r.status_code == 403 and "rembrandt" not in r.text, (path, r.status_code, r.text)

step("READ lets him read, EDIT write, and only MANAGE delete")
for level, may in (("READ", (reading,)), ("EDIT", (reading, writing))):
    with user("tracey"):
        grant(exp, level)
    with user("bruno") as bruno:
        for kind in (reading, writing, deleting):
            for attempt in kind(bruno):
                if kind in may:
                    attempt()
                    continue
                with refused():
                    attempt()

step("with EDIT on both he moves nothing out of Tracey's, and points no trace at another's files")
location = f"mlflow-artifacts:/{exp}/traces/{trace}/artifacts"
for path in (f"/api/2.0/mlflow/traces/{mine}/tags", f"/api/3.0/mlflow/traces/{mine}/tags"):
    r = rest("PATCH", path, BRUNO, json={"key": "mlflow.artifactLocation", "value": location})
    assert r.status_code == 403, r.text
tags = [{"key": "mlflow.artifactLocation", "value": location}]
assert rest("PATCH", f"/api/2.0/mlflow/traces/{mine}", BRUNO, json={"timestamp_ms": 1, "status": "OK", "tags": tags}).status_code == 400
if NEWER:
    assert started(BRUNO, own, trace).status_code == 403
    stolen = {"assessment_name": "n", "feedback": {"value": 1}, "source": {"source_type": "HUMAN", "source_id": "bruno"}}
    with user("tracey"):
        kept = mlflow.log_feedback(trace_id=trace, name="kept", value=1).assessment_id
    fresh = "tr-" + secrets.token_hex(16)
    assert started(BRUNO, own, fresh, assessments=[{**stolen, "assessment_id": kept}]).status_code in (400, 403, 404)
    assert started(BRUNO, own, fresh, tags={"mlflow.trace.archiveLocation": location}).status_code == 403
    assert started(BRUNO, own, fresh, assessments=[stolen], tags={"team": "red"}).status_code == 200
    with user("tracey") as tracey:
        assert kept in [a.assessment_id for a in tracey.get_trace(trace).info.assessments]
        assert tracey.get_trace(trace).info.experiment_id == exp

step("with MANAGE he deletes it, and its id begins afresh where he writes it")
with user("tracey"):
    grant(exp, "MANAGE")
with user("bruno") as bruno:
    assert bruno.delete_traces(exp, **({"trace_ids": [trace]} if NEWER else {"request_ids": [trace]})) == 1
with user("tracey") as tracey, refused():
    tracey.get_trace(trace)
if NEWER:
    assert started(BRUNO, own, trace).status_code == 200
    with user("tracey"):
        assert rest("GET", f"/api/2.0/mlflow/traces/{trace}/info", TRACEY).json()["trace_info"]["experiment_id"] == own
print("ok")
