"""Single sign-on at a provider whose access tokens are not for us: the ID token is the credential."""

import time

import requests
from chromium import browser
from provider import fetch, keep, sign_in, tokens
from stage import ADMIN, URI, password, step

ME = "/api/2.0/mlflow/users/current"
keep(password("sue"))
with browser() as driver:
    step("the check believes the ID token that the filter puts into its header")
    driver.get(URI + "/")
    sign_in(driver, "sue")
    status, text = fetch(driver, "GET", ME)
    assert status == 200 and '"sue"' in text, (status, text)

    step("a session outlives its tokens, by a refresh token and without the provider's page")
    driver.get(URI + "/version")  # which asks for nothing by itself
    seen, deadline = set(), time.monotonic() + 120
    while len(seen) < 3:
        assert time.monotonic() < deadline, "the tokens are never renewed"
        status, text = fetch(driver, "GET", ME)
        assert status == 200 and '"sue"' in text, (status, text)
        seen.add(driver.get_cookie("__Host-mlflow-id")["value"])
        time.sleep(0.5)

step("the header is the filter's: nothing that a client writes there comes through")
mine = {"X-Extauthz-Id-Token": tokens("sue")["id_token"]}
for auth, status, who in ((None, 401, "not authenticated"), (ADMIN, 200, ADMIN[0])):
    answer = requests.get(URI + ME, headers=mine, auth=auth, timeout=60)
    assert answer.status_code == status and who in answer.text, (status, answer.status_code, answer.text)
print("ok")
