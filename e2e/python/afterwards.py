"""After `make down` and `make up`: the same users, grants and experiments."""

import json
import os

from stage import admin, auth_client, password, refused, rest, step, user

with admin():
    assert auth_client().get_user("alice").username == "alice"
with user("alice") as c:
    e = c.get_experiment_by_name("paintings")
    c.set_experiment_tag(e.experiment_id, "still", "hers")
    assert "copy" in [m.name for m in c.search_registered_models()]
with user("bob") as c:
    with refused():
        c.get_experiment(e.experiment_id)
    c.update_registered_model("copy", "still his")
step("users, grants and experiments are the same")
with open(os.environ["KEPT"]) as f:
    r = rest("GET", "/api/2.0/mlflow/experiments/search", ("eve", password("eve")), params=json.load(f))
assert r.status_code == 200 and len(r.json()["experiments"]) == 2, r.text
step("a page token leads on")
print("ok")
