"""MLflow's own client of the auth API, whole: every public method of this release's AuthServiceClient, in front of the service.

Whatever the class has and this story does not call makes it fail: a new release's method has to be told about here.
"""

import mlflow
from mlflow.server.auth.client import AuthServiceClient
from stage import ADMIN, admin, auth_client, password, refused, rest, step, user


class Recorded:
    """A client that notes which of its methods have been called, over all clients."""

    called = set()

    def __init__(self):
        self.client = auth_client()
        assert isinstance(self.client, AuthServiceClient)

    def __getattr__(self, name):
        Recorded.called.add(name)
        return getattr(self.client, name)


def public():
    return {name for name, member in vars(AuthServiceClient).items() if callable(member) and not name.startswith("_")}


step("users")
with admin():
    client = Recorded()
    for name in ("erin", "fred", "gina"):
        u = client.create_user(name, password(name))
        assert (u.username, u.is_admin) == (name, False) and u.id, vars(u)
    assert client.get_user("erin").username == "erin"
    client.update_user_admin("erin", True)
    assert client.get_user("erin").is_admin is True
    client.update_user_admin("erin", False)
    client.update_user_password("fred", "another password of fred")
    client.update_user_password("fred", password("fred"))
    client.create_user("gone", password("gone"))
    client.delete_user("gone")
    with refused(404, "RESOURCE_DOES_NOT_EXIST"):
        client.get_user("gone")
with user("fred"), refused():
    Recorded().create_user("mallory", password("mallory"))

with user("erin") as erin:
    exp = erin.create_experiment("the auth client's")
    erin.create_registered_model("the auth client's")

if "create_experiment_permission" in public():
    step("permissions of each kind of its own (up to 3.12)")
    for kind, resource in (("experiment", exp), ("registered_model", "the auth client's")):
        with user("erin"):
            client = Recorded()
            created = getattr(client, f"create_{kind}_permission")(resource, "fred", "READ")
            got = getattr(client, f"get_{kind}_permission")(resource, "fred")
            assert vars(created) == vars(got) and got.permission == "READ", (vars(created), vars(got))
            with refused(400, "RESOURCE_ALREADY_EXISTS"):
                getattr(client, f"create_{kind}_permission")(resource, "fred", "EDIT")
            getattr(client, f"update_{kind}_permission")(resource, "fred", "EDIT")
            assert getattr(client, f"get_{kind}_permission")(resource, "fred").permission == "EDIT"
            with refused(400, "INVALID_PARAMETER_VALUE"):
                getattr(client, f"update_{kind}_permission")(resource, "fred", "edit")
        with admin():
            of = getattr(client.get_user("fred"), f"{kind}_permissions")
            assert [p.permission for p in of] == ["EDIT"], of
        with user("fred"), refused():
            getattr(Recorded(), f"get_{kind}_permission")(resource, "fred")
        with user("erin"):
            getattr(client, f"delete_{kind}_permission")(resource, "fred")
            with refused(404, "RESOURCE_DOES_NOT_EXIST"):
                getattr(client, f"get_{kind}_permission")(resource, "fred")

if "create_role" in public():
    step("roles (from 3.12)")
    with admin():
        client = Recorded()
        role = client.create_role("default", "analysts", "who reads")
        assert (role.name, role.workspace, role.description, role.permissions) == ("analysts", "default", "who reads", []), vars(role)
        with refused(400, "RESOURCE_ALREADY_EXISTS"):
            client.create_role("default", "analysts")
        permission = client.add_role_permission(role.id, "experiment", exp, "READ")
        assert (permission.role_id, permission.resource_pattern) == (role.id, exp), vars(permission)
        assert [vars(p) for p in client.list_role_permissions(role.id)] == [vars(permission)]
        assignment = client.assign_role("fred", role.id)
        assert [vars(a) for a in client.list_role_users(role.id)] == [vars(assignment)]
        assert [r.name for r in client.list_user_roles("fred")] == ["analysts"]
        assert client.update_role_permission(permission.id, "EDIT").permission == "EDIT"
        got = client.get_role(role.id)
        assert [p.permission for p in got.permissions] == ["EDIT"], vars(got)
        assert client.update_role(role.id, name="editors").name == "editors"
        assert "editors" in [r.name for r in client.list_roles("default")]
        assert "editors" in [r.name for r in client.list_all_roles()]
    with user("fred") as fred:
        run = fred.create_run(exp).info.run_id
        assert Recorded().get_role(role.id).name == "editors"
        with refused():
            Recorded().list_all_roles()
        with refused():
            Recorded().assign_role("gina", role.id)
    with user("gina") as gina, refused():
        gina.create_run(exp)
    with user("gina"), refused():
        Recorded().list_roles("default")
    with admin():
        client.remove_role_permission(permission.id)
    with user("fred") as fred, refused():
        fred.log_metric(run, "m", 1)
    with admin():
        client.unassign_role("fred", role.id)
        with refused(404, "RESOURCE_DOES_NOT_EXIST"):
            client.unassign_role("fred", role.id)
        client.delete_role(role.id)
        with refused(404, "RESOURCE_DOES_NOT_EXIST"):
            client.get_role(role.id)

if "grant_user_permission" in public():
    step("one permission for every kind (from 3.13)")
    for kind, resource in (("experiment", exp), ("registered_model", "the auth client's")):
        with user("erin"):
            client = Recorded()
            client.grant_user_permission("fred", kind, resource, "EDIT")
            with refused(400, "RESOURCE_ALREADY_EXISTS"):
                client.grant_user_permission("fred", kind, resource, "READ")
            with refused():
                client.get_user_permission("fred", kind, resource)
        with user("fred"):
            got = Recorded().get_user_permission("fred", kind, resource)
            assert (got.allowed, got.permission) == (True, "EDIT"), vars(got)
        with admin():
            (hidden,) = client.list_user_roles("fred")
            assert hidden.name == f"__user_{client.get_user('fred').id}__", vars(hidden)
            client.update_role_permission(hidden.permissions[0].id, "READ")
            assert client.get_user_permission("fred", kind, resource).permission == "READ"
        with user("erin"):
            client.revoke_user_permission("fred", kind, resource)
            with refused(404, "RESOURCE_DOES_NOT_EXIST"):
                client.revoke_user_permission("fred", kind, resource)

step("a user who holds grants can be deleted, and the next of that name has none of them")
with admin():
    client = Recorded()
    client.delete_user("erin")
    client.create_user("erin", password("erin"))
with user("erin") as erin, refused():
    erin.delete_experiment(exp)

step("accounts that MLflow has no word for")
own = "/api/1.0/extauthz/users/"
assert rest("PATCH", own + "rename", ADMIN, json={"username": "fred", "new_username": "frederic"}).status_code == 200
with user("frederic", password("fred")) as c:
    c.search_experiments()
with user("fred") as c, refused(401, None):
    c.search_experiments()
assert rest("PATCH", own + "update-disabled", ADMIN, json={"username": "frederic", "disabled": True}).status_code == 200
with user("frederic", password("fred")) as c, refused(401, None):
    c.search_experiments()
assert rest("PATCH", own + "update-disabled", ADMIN, json={"username": "frederic", "disabled": False}).status_code == 200
with user("frederic", password("fred")) as c:
    c.search_experiments()
    assert rest("POST", own + "create-service-account", ("frederic", password("fred")), json={"username": "robot"}).status_code == 403
assert rest("POST", own + "create-service-account", ADMIN, json={"username": "robot"}).json()["user"]["service_account"] is True

missing, unknown = public() - Recorded.called, Recorded.called - public()
assert not missing, f"AuthServiceClient {mlflow.__version__} has methods that this story does not call: {sorted(missing)}"
assert not unknown, f"called, but no method of AuthServiceClient: {sorted(unknown)}"
print("ok", len(public()), "methods")
