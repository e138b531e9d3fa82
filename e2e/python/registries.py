"""MCP servers and, with SKILLS, skills: things with names of several parts and with versions, which make what they belong to."""

import os

from stage import ADMIN, admin, auth_client, password, rest, step

MCP, SKILLS = "/api/3.0/mlflow/mcp-servers", "/api/3.0/mlflow/skills"
MIA, NED = (("mia", password("mia")), ("ned", password("ned")))


def call(who, method, path, status=200, body=None, **query):
    r = rest(method, path, who, json=body, params=query or None)
    assert r.status_code == status, (who[0], method, path, body, query, r.status_code, r.text)
    return r.json()


def names(who, path, rows, **query):
    page = call(who, "GET", path, **query)
    return [row.get("server_name") or row["name"] for row in page[rows]]


def permission(name, kind, id):
    r = rest("GET", f"/api/3.0/mlflow/users/permissions/list?username={name}", ADMIN)
    return {(p["resource_type"], p["resource_pattern"]): p["permission"] for p in r.json()["permissions"]}.get((kind, id))


def version(server, number):
    return {"server_json": {"name": server, "version": number, "description": "d"}, "status": "active"}


with admin():
    for name, secret in (MIA, NED):
        auth_client().create_user(name, secret)

step("the creator owns an MCP server, one that a version made too")
own, made = "com.example/own", "com.example/made"
call(MIA, "POST", MCP, body={"name": own})
call(MIA, "POST", f"{MCP}/{made}/versions", body=version(made, "1.0.0"))
for server in (own, made):
    assert permission("mia", "mcp_server", server) == "MANAGE", server

step("READ shows, and changes nothing")
assert set(names(NED, MCP, "mcp_servers")) >= {own, made}
call(NED, "GET", f"{MCP}/{made}/versions/1.0.0")
for method, path, body in (("PATCH", own, {"description": "x"}), ("DELETE", own, None), ("POST", f"{made}/versions", version(made, "2.0.0")),
                           ("PATCH", f"{made}/versions/1.0.0", {"status": "deprecated"}), ("DELETE", f"{made}/versions/1.0.0", None),
                           ("POST", f"{made}/tags", {"key": "k", "value": "v"}), ("POST", f"{made}/aliases", {"alias": "a", "version": "1.0.0"}),
                           ("POST", f"{made}/endpoints", {"url": "https://example.com/mcp", "server_version": "1.0.0"})):
    call(NED, method, f"{MCP}/{path}", 403, body)
call(MIA, "PATCH", f"{MCP}/{own}", body={"description": "x"})
call(MIA, "POST", f"{MCP}/{made}/tags", body={"key": "k", "value": "v"})
call(MIA, "POST", f"{MCP}/{made}/aliases", body={"alias": "a", "version": "1.0.0"})
call(MIA, "POST", f"{MCP}/{made}/endpoints", body={"url": "https://example.com/mcp", "server_version": "1.0.0"})

step("whoever adds a version to another's server does not come to own it")
with admin():
    auth_client().grant_user_permission("ned", "mcp_server", made, "EDIT")
call(NED, "POST", f"{MCP}/{made}/versions", body=version(made, "2.0.0"))
assert permission("ned", "mcp_server", made) == "EDIT" and permission("mia", "mcp_server", made) == "MANAGE"
draft = version(made, "3.0.0") | {"status": "draft"}
call(NED, "POST", f"{MCP}/{made}/versions", body=draft)
call(NED, "PATCH", f"{MCP}/{made}/versions/3.0.0", 403, {"status": "deleted"})
call(MIA, "PATCH", f"{MCP}/{made}/versions/3.0.0", body={"status": "deleted"})

step("paths have one reading")
for path in (f"{own}/x", "com.example/versions/1", "com.example%2fown", f"{made}/versions/1.0.0/versions/2.0.0", "com.example//own"):
    assert rest("GET", f"{MCP}/{path}", NED).status_code in (400, 403), path

step("what is denied is neither listed nor mentioned; pages are full without it")
with admin():
    client = auth_client()
    for i in range(5):
        name = f"com.hidden/server-{i}"
        call(ADMIN, "POST", MCP, body={"name": name})
        client.grant_user_permission("ned", "mcp_server", name, "DENY")
    client.grant_user_permission("mia", "mcp_server_version", "*", "DENY")
page = call(NED, "GET", MCP, max_results=2)
assert sorted(s["name"] for s in page["mcp_servers"]) == [made, own] and not page.get("next_page_token"), page
assert names(NED, MCP, "mcp_servers", filter_string="name LIKE 'com.hidden%'") == []
call(NED, "GET", f"{MCP}/com.hidden/server-1", 403)
assert "1.0.0" in str(call(NED, "GET", f"{MCP}/{made}/endpoints"))
for path in (f"{made}/endpoints", "endpoints"):
    (row,) = call(MIA, "GET", f"{MCP}/{path}")["mcp_access_endpoints"]
    assert row["server_name"] == made and not row.get("resolved_version") and not row.get("server_version"), row
call(MIA, "GET", f"{MCP}/endpoints", 403, server_version="1.0.0")
call(MIA, "GET", f"{MCP}/{made}/versions", 403)

step("what is deleted takes its grants along")
with admin():
    auth_client().revoke_user_permission("mia", "mcp_server_version", "*")
call(MIA, "DELETE", f"{MCP}/{made}/endpoints/" + call(MIA, "GET", f"{MCP}/{made}/endpoints")["mcp_access_endpoints"][0]["id"])
call(MIA, "DELETE", f"{MCP}/{own}")
assert permission("mia", "mcp_server", own) is None
call(NED, "POST", MCP, body={"name": own})
assert permission("ned", "mcp_server", own) == "MANAGE"

if os.environ.get("SKILLS"):
    step("skills, with and without an organization")
    call(MIA, "POST", SKILLS, body={"name": "review"})
    call(MIA, "POST", SKILLS, body={"name": "review", "organization": "acme"})
    call(NED, "POST", SKILLS, 400, body={"name": "@acme/review"})
    assert permission("mia", "skill", "review") == permission("mia", "skill", "@acme/review") == "MANAGE"
    assert len(names(NED, SKILLS, "skills")) == 2
    for path in ("review", "@acme/review"):
        call(NED, "GET", f"{SKILLS}/{path}")
        call(NED, "PATCH", f"{SKILLS}/{path}", 403, {"description": "x"})
        call(NED, "POST", f"{SKILLS}/{path}/tags", 403, {"key": "k", "value": "v"})
        call(NED, "DELETE", f"{SKILLS}/{path}", 403)
        call(MIA, "PATCH", f"{SKILLS}/{path}", body={"description": "x"})
        call(MIA, "POST", f"{SKILLS}/{path}/tags", body={"key": "k", "value": "v"})
    with admin():
        client = auth_client()
        client.grant_user_permission("ned", "skill", "@acme/review", "DENY")
        client.grant_user_permission("ned", "skill", "review", "EDIT")
    assert [s["organization"] for s in call(NED, "GET", SKILLS)["skills"]] == [""]
    call(NED, "GET", f"{SKILLS}/@acme/review", 403)
    call(NED, "PATCH", f"{SKILLS}/review", body={"description": "ned's"})
    call(NED, "DELETE", f"{SKILLS}/review", 403)
    call(NED, "POST", f"{SKILLS}/bulk-register", 403, {"organization": "acme", "skills": []})
    call(MIA, "DELETE", f"{SKILLS}/review")
    assert permission("mia", "skill", "review") is None is permission("ned", "skill", "review")
print("ok")
