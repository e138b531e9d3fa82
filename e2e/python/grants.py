"""The newer generation of the API: users/permissions/{grant,revoke,get,list}, from the newest client."""

from stage import ADMIN, admin, auth_client, password, refused, rest, step, user

with admin():
    auth_client().create_user("frank", password("frank"))
with user("alice") as alice:
    exp = alice.create_experiment("granted")
    client = auth_client()
    step("the owner grants, reads back and revokes")
    client.grant_user_permission("frank", "experiment", exp, "EDIT")
    with refused(400, "RESOURCE_ALREADY_EXISTS"):
        client.grant_user_permission("frank", "experiment", exp, "EDIT")
    with refused(400, "INVALID_PARAMETER_VALUE"):
        client.grant_user_permission("frank", "experiment", exp, "edit")
with admin():
    assert auth_client().get_user_permission("frank", "experiment", exp).permission == "EDIT"
with user("frank") as frank:
    run = frank.create_run(exp).info.run_id
    frank.log_metric(run, "m", 1)
    with refused():
        auth_client().grant_user_permission("frank", "experiment", exp, "MANAGE")
r = rest("GET", "/api/3.0/mlflow/users/permissions/list?username=frank", ADMIN)
(row,) = r.json()["permissions"]
assert (row["resource_type"], row["resource_pattern"], row["permission"]) == ("experiment", exp, "EDIT"), row
with user("alice"):
    auth_client().revoke_user_permission("frank", "experiment", exp)
with user("frank") as frank:
    frank.get_experiment(exp)
    with refused():
        frank.log_metric(run, "m", 2)
step("DENY vetoes what is granted on all")
with admin():
    auth_client().grant_user_permission("frank", "experiment", "*", "EDIT")
with user("frank") as frank:
    frank.log_metric(run, "m", 3)
with admin():
    auth_client().grant_user_permission("frank", "experiment", exp, "DENY")
with user("frank") as frank, refused():
    frank.get_experiment(exp)
step("a grant on all runs governs in the experiment's place")
with admin():
    client = auth_client()
    client.revoke_user_permission("frank", "experiment", exp)
    client.grant_user_permission("frank", "run", "*", "DENY")
with user("frank") as frank:
    frank.get_experiment(exp)
    for attempt in (lambda: frank.get_run(run), lambda: frank.create_run(exp), lambda: frank.search_runs([exp]), lambda: frank.log_metric(run, "m", 4)):
        with refused():
            attempt()
with admin():
    auth_client().revoke_user_permission("frank", "run", "*")
with user("frank") as frank:
    frank.log_metric(run, "m", 5)
print("ok")
