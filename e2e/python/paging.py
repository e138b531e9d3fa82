"""Pages of searches stay full and their tokens work to the end, however many rows are hidden in between."""

import json
import os

from stage import ADMIN, NEWER, admin, auth_client, password, rest, step, user

with admin():
    client = auth_client()
    client.create_user("dora", password("dora"))
    client.create_user("eve", password("eve"))

hidden, shown = set(), []
with user("dora") as c:
    for i in range(45):
        e = c.create_experiment(f"page {i:02}")
        m = c.create_registered_model(f"page-{i:02}").name
        run = c.create_run(e).info
        c.create_model_version(m, f"{run.artifact_uri}/m", run_id=run.run_id)
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
        ("versions", c.search_model_versions, {"filter_string": "name LIKE 'page-%'", "order_by": ["name ASC"]}, [f"page-{i:02}" for i in shown]),
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


def search(method, family, who, **params):
    path = f"/api/2.0/mlflow/{family}/search"
    return rest(method, path, who, params=params) if method == "GET" else rest(method, path, who, json=params)


def token_of(r):
    assert r.status_code == 200, r.text
    assert r.headers["content-type"] == "application/json", r.headers
    return r.json().get("next_page_token")


def refused(r):
    assert (r.status_code, r.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), (r.status_code, r.text)
    assert "Begin with the first page" in r.text, r.text


ROUTES = (("GET", "experiments", "page %"), ("POST", "experiments", "page %"), ("GET", "registered-models", "page-%"), ("GET", "model-versions", "page-%"))
dora = ("dora", password("dora"))
for method, family, like in ROUTES:
    ask = {"filter": f"name LIKE '{like}'", "order_by": ["name"], "max_results": 2}
    token = token_of(search(method, family, who, **ask))
    assert token.startswith("extauthz."), token
    step(f"{method} {family}: a token leads on in the search and for the user it was made for")
    names = [x["name"] for x in search(method, family, who, **ask | {"page_token": token}).json()[family.replace("-", "_")]]
    assert [n[-2:] for n in names] == ["06", "09"], names
    refused(search(method, family, dora, **ask | {"page_token": token}))
    refused(search(method, family, ADMIN, **ask | {"page_token": token}))
    refused(search(method, family, who, **ask | {"page_token": token, "filter": "name LIKE 'page_0%'"}))
    refused(search(method, family, who, **ask | {"page_token": token, "order_by": ["name DESC"]}))
    refused(search(method, family, who, **ask | {"page_token": token[:-1]}))
    refused(search(method, family, who, **ask | {"page_token": token[:40] + ("A" if token[40] != "A" else "B") + token[41:]}))
    refused(search(method, "registered-models" if family != "registered-models" else "experiments", who, **ask | {"page_token": token}) if method == "GET"
            else search("POST", "experiments", who, filter="x", page_token=token))
    raw = token_of(search(method, family, ADMIN, **ask))
    assert not raw.startswith("extauthz."), raw
    refused(search(method, family, who, **ask | {"page_token": raw}))
    token_of(search(method, family, ADMIN, **ask | {"page_token": raw}))
    token_of(search(method, family, dora, **ask | {"page_token": token_of(search(method, family, dora, **ask))}))
    step(f"{method} {family}: no token because of what is hidden")
    last = ask | {"filter": f"name LIKE '{like[:-1]}4%'", "max_results": 1}  # 42 may be read; 40, 41, 43 and 44 may not
    r = search(method, family, who, **last)
    assert token_of(r) is None and len(r.json()[family.replace("-", "_")]) == 1, r.text
    assert token_of(search(method, family, dora, **last))
    r = search(method, family, who, **last | {"filter": f"name LIKE '{like[:-1]}43%'"})
    assert r.status_code == 200 and set(r.json()) <= {family.replace("-", "_")} and not any(r.json().values()), r.text

if NEWER:
    step("GraphQL: no pages of what is filtered, but for admins")

    def graphql(who, options, fields="modelVersions {name} nextPageToken"):
        return rest("POST", "/graphql", who, json={"query": f"{{mlflowSearchModelVersions(input: {{{options}}}) {{{fields}}}}}"})

    for options in ("maxResults: 1", 'pageToken: "eyJvZmZzZXQiOiAxfQ=="'):
        assert graphql(who, options).status_code == 403, options
        assert graphql(ADMIN, options).status_code == 200, options
    answer = graphql(who, '''filter: "name LIKE 'page-%'", orderBy: ["name"]''').json()["data"]["mlflowSearchModelVersions"]
    assert answer == {"modelVersions": [{"name": f"page-{i:02}"} for i in shown], "nextPageToken": None}, answer
    assert graphql(ADMIN, "maxResults: 1").json()["data"]["mlflowSearchModelVersions"]["nextPageToken"]

with open(os.environ["KEPT"], "w") as f:
    ask = {"filter": "name LIKE 'page %'", "max_results": 2}
    json.dump(ask | {"page_token": token_of(search("GET", "experiments", who, **ask))}, f)
print("ok")
