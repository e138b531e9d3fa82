"""Single sign-on of MLflow's web UI: a browser is sent to the OpenID provider and comes back signed in, and MLflow's client goes on as before.

The provider knows sue, who leads, and sam.
"""

import os

import mlflow
import requests
from chromium import By, browser, picture, shows, statuses, until
from provider import PROVIDER, fetch, keep, sign_in, site, tokens
from stage import ADMIN, URI, admin, auth_client, password, refused, rest, step, user

ROLES, GRANTS = "/api/3.0/mlflow/roles", "/api/3.0/mlflow/roles/permissions"


def cookies(driver):
    return {c["name"]: c for c in driver.get_cookies()}


with admin() as client:
    experiment = client.create_experiment("seen by those who lead")
    run = client.create_run(experiment, run_name="a run to look at").info
    client.create_experiment("seen by nobody")
made = rest("POST", ROLES + "/create", ADMIN, json={"name": "leads", "workspace": "default"})
made.raise_for_status()
role = made.json()["role"]["id"]
rest("POST", GRANTS + "/add", ADMIN, json={
    "role_id": role, "resource_type": "experiment", "resource_pattern": experiment, "permission": "EDIT"}).raise_for_status()

step("MLflow's client, and whatever else is no browser, has its 401 and its password as before")
answer = requests.get(URI + "/", timeout=60, allow_redirects=False)
assert answer.status_code == 401 and "basic" in answer.headers["www-authenticate"].lower(), (answer.status_code, answer.headers)
with user("nobody"), refused(401, None):
    auth_client().get_user("nobody")

step("MLflow's client sends the provider's tokens by MLFLOW_TRACKING_TOKEN; the ID token has no groups here")
keep(password("sue"), password("sam"))
for name, kind, permitted in (("sue", "access_token", True), ("sue", "id_token", False), ("sam", "access_token", False)):
    os.environ["MLFLOW_TRACKING_TOKEN"] = tokens(name)[kind]
    mlflow.set_tracking_uri(URI)
    client = mlflow.MlflowClient(URI)
    if permitted:
        client.log_metric(run.run_id, "by a token", 1)
        assert [e.name for e in client.search_experiments()] == ["seen by those who lead"]
    else:
        with refused():
            client.get_run(run.run_id)
    assert auth_client().get_user(name).username == name
    os.environ["MLFLOW_TRACKING_TOKEN"] += "A"
    with refused(401, None):
        client.get_run(run.run_id)
    del os.environ["MLFLOW_TRACKING_TOKEN"]

with browser() as driver:
    step("a browser on its way to a page signs in, and is where it wanted to be")
    driver.get(URI + "/?" + "kept=1")
    sign_in(driver, "sue")
    assert driver.current_url.startswith(URI + "/?kept=1"), driver.current_url
    driver.get(URI + "/#/experiments")
    shows(driver, "seen by those who lead")
    picture(driver, "sso-experiments")
    assert "seen by nobody" not in driver.find_element(By.TAG_NAME, "body").text
    driver.get(URI + f"/#/experiments/{experiment}/runs/{run.run_id}")
    shows(driver, "a run to look at")
    picture(driver, "sso-run")
    with admin():
        sue = auth_client().get_user("sue")
    assert not sue.is_admin
    failed = {(path, status) for path, status in statuses(driver) if status >= 500}
    assert not failed, failed

    step("the session is this site's alone, no script reads it, and it fits no single cookie")
    kept = cookies(driver)
    assert len([n for n in kept if n.startswith("__Host-mlflow-token")]) > 1, sorted(kept)
    for name, cookie in kept.items():
        assert name.startswith("__Host-") and cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax", cookie
    assert driver.execute_script("return document.cookie") == ""
    keep(*(c["value"] for c in kept.values() if len(c["value"]) > 20))

    step("what the role permits is permitted, the rest is refused")
    tag = "/ajax-api/2.0/mlflow/experiments/set-experiment-tag"
    status, text = fetch(driver, "POST", tag, {"experiment_id": experiment, "key": "seen by", "value": "sue"})
    assert status == 200, (status, text)
    status, text = fetch(driver, "POST", "/ajax-api/2.0/mlflow/experiments/delete", {"experiment_id": experiment})
    assert status == 403 and "MANAGE" in text, (status, text)

    step("a group's role that is taken away is gone at once")
    rest("DELETE", ROLES + "/delete", ADMIN, json={"role_id": role}).raise_for_status()
    status, text = fetch(driver, "GET", f"/ajax-api/2.0/mlflow/experiments/get?experiment_id={experiment}")
    assert status == 403, (status, text)

    step("who is disabled here is out at once, though the session lives on")
    rest("PATCH", "/api/1.0/extauthz/users/update-disabled", ADMIN, json={"username": "sue", "disabled": True}).raise_for_status()
    status, text = fetch(driver, "GET", f"/ajax-api/2.0/mlflow/experiments/get?experiment_id={experiment}")
    assert status == 401, (status, text)

    step("a session that somebody changed is none: a page is sent to sign in, a script gets a 401 without a password prompt")
    seal = kept["__Host-mlflow-hmac"]
    driver.add_cookie({**seal, "value": seal["value"][::-1]})
    status, text = fetch(driver, "GET", "/ajax-api/2.0/mlflow/experiments/search?max_results=1")
    assert status == 401, (status, text)
    driver.get(URI + "/")
    until(driver, lambda d: site(d) == PROVIDER, "the provider's page")

    step("another one signs in, who has none of the groups")
    sign_in(driver, "sam")
    status, text = fetch(driver, "GET", f"/ajax-api/2.0/mlflow/experiments/get?experiment_id={experiment}")
    assert status == 403, (status, text)

    step("signing out ends the session")
    driver.get(URI + "/oauth2/sign-out")
    until(driver, lambda d: site(d) == PROVIDER, "away from MLflow")
    picture(driver, "sso-signed-out")
    driver.get(URI + "/")
    until(driver, lambda d: site(d) == PROVIDER and d.find_elements(By.NAME, "password"), "the provider's page")
    picture(driver, "sso-last")

step("a session does not get past the check by what a client says of itself")
for headers in (
    {"Cookie": "; ".join(f"{n}={c['value']}" for n, c in kept.items())},  # sue's, who is disabled
    {"x-envoy-oauth-status": "200"},
    {"Sec-Fetch-Mode": "cors", "Cookie": "__Host-mlflow-token=x; __Host-mlflow-hmac=x; __Host-mlflow-expires=99999999999"},
):
    answer = requests.get(URI + "/ajax-api/2.0/mlflow/experiments/search?max_results=1", headers=headers, timeout=60, allow_redirects=False)
    assert answer.status_code == 401, (headers, answer.status_code, answer.text)
print("ok")
