"""Users: created, promoted, demoted, passwords changed, deleted, as MLflow's Authentication documentation tells it."""

from stage import ADMIN, NEWER, admin, auth_client, password, refused, rest, step, user

step("no credential and a wrong one are 401, as MLflow answers")
for who in (None, ("alice", "wrong password!"), (ADMIN[0], "wrong password!")):
    r = rest("GET", "/api/2.0/mlflow/experiments/search?max_results=1", who)
    assert r.status_code == 401, r.text
    assert r.headers["WWW-Authenticate"] == 'Basic realm="mlflow"'
    assert r.text.startswith("You are not authenticated.")
assert rest("GET", "/health").status_code == 200
with user("alice", "never created") as c, refused(401, None):
    c.search_experiments()

step("the admin creates alice and bob")
with admin():
    client = auth_client()
    for name in ("alice", "bob"):
        u = client.create_user(name, password(name))
        assert u.username == name and not u.is_admin and u.id
        assert client.get_user(name).id == u.id
    with refused(400, "RESOURCE_ALREADY_EXISTS"):
        client.create_user("alice", password("alice"))
    with refused(400, "INVALID_PARAMETER_VALUE"):
        client.create_user("carol", "short")
    with refused(404, "RESOURCE_DOES_NOT_EXIST"):
        client.get_user("nobody")

step("only the admin may do that; a user sees itself")
with user("bob"):
    client = auth_client()
    for attempt in (
        lambda: client.create_user("mallory", password("mallory")),
        lambda: client.update_user_admin("bob", True),
        lambda: client.get_user("alice"),
        lambda: client.delete_user("alice"),
        lambda: client.update_user_password("alice", password("mallory")),
    ):
        with refused():
            attempt()
    assert client.get_user("bob").username == "bob"

step("promoted, bob may; demoted, he may not, from the very next request")
with admin():
    auth_client().update_user_admin("bob", True)
with user("bob"):
    auth_client().get_user("alice")
with admin():
    auth_client().update_user_admin("bob", False)
with user("bob"), refused():
    auth_client().get_user("alice")

step("the last admin stays")
with admin(), refused(400, "BAD_REQUEST"):
    auth_client().update_user_admin(ADMIN[0], False)

step("a user changes the own password, and the old one ends at once")
with user("bob") as c:
    c.search_experiments()
    if NEWER:
        r = rest("PATCH", "/api/2.0/mlflow/users/update-password", ("bob", password("bob")),
                 json={"username": "bob", "password": "the next one of bob", "current_password": password("bob")})
        assert r.status_code == 200, r.text
    else:
        auth_client().update_user_password("bob", "the next one of bob")
with user("bob") as c, refused(401, None):
    c.search_experiments()
with user("bob", "the next one of bob") as c:
    c.search_experiments()

step("the admin sets it back")
with admin():
    auth_client().update_user_password("bob", password("bob"))
with user("bob") as c:
    c.search_experiments()

step("who am I, and who else is there")
assert rest("GET", "/api/2.0/mlflow/users/current", ("alice", password("alice"))).json()["user"]["username"] == "alice"
names = [u["username"] for u in rest("GET", "/api/2.0/mlflow/users/list", ADMIN).json()["users"]]
assert {"alice", "bob", ADMIN[0]} <= set(names), names

step("a deleted user is nobody, and the name comes back without the old grants")
with admin():
    client = auth_client()
    client.create_user("carol", password("carol"))
with user("carol") as c:
    c.create_experiment("carols")
with admin():
    auth_client().delete_user("carol")
with user("carol") as c, refused(401, None):
    c.search_experiments()
with admin():
    client.create_user("carol", password("carol"))
with user("carol") as c:
    e = c.get_experiment_by_name("carols")
    with refused():
        c.delete_experiment(e.experiment_id)
print("ok")
