"""A server with default_permission = NO_PERMISSIONS, below a static prefix: nobody sees anything that is not granted."""

import os

import stage
from stage import ADMIN, auth_client, password, refused, rest, step, user

PREFIX = os.environ["STATIC_PREFIX"]
root = stage.URI
stage.URI += PREFIX

for name in ("grace", "heidi"):
    r = rest("POST", "/api/2.0/mlflow/users/create", ADMIN, json={"username": name, "password": password(name)})
    assert r.status_code == 200, r.text
with user("grace") as c:
    exp = c.create_experiment("closed")
    run = c.create_run(exp).info.run_id
    c.log_metric(run, "m", 1)
    c.create_registered_model("closed")
with user("heidi") as c:
    assert c.search_experiments() == [], "not even the default experiment"
    assert c.search_registered_models() == []
    for attempt in (lambda: c.get_experiment(exp), lambda: c.get_run(run), lambda: c.get_experiment("0"), lambda: c.get_registered_model("closed")):
        with refused():
            attempt()
    c.create_experiment("her own")
    assert [e.name for e in c.search_experiments()] == ["her own"]
step("what is granted is seen")
r = rest("POST", "/api/2.0/mlflow/experiments/permissions/create", ("grace", password("grace")),
         json={"experiment_id": exp, "username": "heidi", "permission": "READ"})
assert r.status_code == 200, r.text
with user("heidi") as c:
    assert c.get_run(run).info.experiment_id == exp
    assert {e.name for e in c.search_experiments()} == {"closed", "her own"}
print("ok")
