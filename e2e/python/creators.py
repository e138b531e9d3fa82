"""Who may create: experiments those with the role "leads", registered models admins, prompts everybody."""

import mlflow
from stage import ADMIN, admin, auth_client, password, refused, rest, step, user

with admin():
    client = auth_client()
    for name in ("lena", "mike"):
        client.create_user(name, password(name))
    leads = client.create_role("default", "leads")
    client.assign_role("lena", leads.id)

step("lena leads, and creates experiments")
with user("lena") as lena:
    exp = lena.create_experiment("lena's")
    with refused():
        lena.create_registered_model("lena's")

step("mike does not, is told whom to ask, and still works in what there is")
r = rest("POST", "/api/2.0/mlflow/experiments/create", ("mike", password("mike")), json={"name": "mike's"})
assert r.status_code == 403 and "leads" in r.text and "admin" in r.text, r.text
with user("mike") as mike:
    with refused():
        mike.create_registered_model("mike's")
    assert mike.get_experiment(exp).name == "lena's"
    mlflow.genai.register_prompt("mikes", "for {{everybody}}")
with admin() as root:
    root.create_experiment("root's")
    root.create_registered_model("root's")

step("with the role he does, from the next request on")
with admin():
    client.assign_role("mike", leads.id)
with user("mike") as mike:
    mike.delete_experiment(mike.create_experiment("mike's"))
print("ok")
