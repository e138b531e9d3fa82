"""Pages of searches stay full and their tokens work to the end, however many rows are hidden in between."""

import os

from stage import ADMIN, admin, auth_client, password, rest, step, user

with admin():
    client = auth_client()
    client.create_user("dora", password("dora"))
    client.create_user("eve", password("eve"))

hidden, shown = set(), []
with user("dora") as c:
    for i in range(45):
        e = c.create_experiment(f"page {i:02}")
        m = c.create_registered_model(f"page-{i:02}").name
        if i % 3:
            for family, body in (("experiments", {"experiment_id": e}), ("registered-models", {"name": m})):
                r = rest("POST", f"/api/2.0/mlflow/{family}/permissions/create", ("dora", password("dora")),
                         json=body | {"username": "eve", "permission": "NO_PERMISSIONS"})
                assert r.status_code == 200, r.text
            hidden |= {f"page {i:02}", m}
        else:
            shown.append(i)


def pages(search, **kwargs):
    token = None
    while True:
        page = search(page_token=token, **kwargs)
        token = page.token
        yield [x.name for x in page]
        if not token:
            return


with user("eve") as c:
    for what, search, kwargs, want in (
        ("experiments", c.search_experiments, {"filter_string": "name LIKE 'page %'", "order_by": ["name ASC"]}, [f"page {i:02}" for i in shown]),
        ("models", c.search_registered_models, {"filter_string": "name LIKE 'page-%'", "order_by": ["name ASC"]}, [f"page-{i:02}" for i in shown]),
    ):
        for size in (1, 2, 4, 7, 15, 100):
            got = list(pages(search, max_results=size, **kwargs))
            assert sum(got, []) == want, (what, size, got)
            assert all(len(p) == size for p in got[: len(want) // size]), (what, size, [len(p) for p in got])
        step(f"{what}: {len(want)} of 45 in full pages of every size")

who = ("eve", password("eve"))
r = rest("GET", "/ajax-api/2.0/mlflow/experiments/search?max_results=5", who, headers={"Accept-Encoding": "gzip"})
assert not {e["name"] for e in r.json()["experiments"]} & hidden, r.text
r = rest("GET", "/ajax-api/2.0/mlflow/registered-models/search?max_results=100", who)
assert not {m["name"] for m in r.json().get("registered_models", [])} & hidden, r.text
print("ok")
