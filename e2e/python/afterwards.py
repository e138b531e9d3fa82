"""After `make down` and `make up`: the same users, grants and experiments."""

from stage import admin, auth_client, refused, step, user

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
print("ok")
