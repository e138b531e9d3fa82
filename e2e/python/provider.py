"""An OpenID provider, as a browser and a program see it.

PROVIDER is its URL, CLIENT_SECRET what it knows this site by, and SECRETS a file for what must be nowhere afterwards.
"""

import os
import urllib.parse

import requests
from chromium import By, until
from stage import URI, password

PROVIDER = os.environ["PROVIDER"]


def site(driver):
    parts = urllib.parse.urlsplit(driver.current_url)
    return f"{parts.scheme}://{parts.netloc}"


def sign_in(driver, name):
    until(driver, lambda d: site(d) == PROVIDER and d.find_elements(By.NAME, "password"), "the provider's page")
    driver.find_element(By.NAME, "username").send_keys(name)
    driver.find_element(By.NAME, "password").send_keys(password(name))
    driver.find_element(By.CSS_SELECTOR, "button, [type=submit]").click()
    until(driver, lambda d: site(d) == URI, "back at MLflow")


def fetch(driver, method, path, body=None):
    """What a script of MLflow's page gets: the status, and where it comes from."""
    return driver.execute_async_script(
        """const [method, path, body, done] = arguments;
        fetch(path, {method, body: body && JSON.stringify(body), headers: body ? {'Content-Type': 'application/json'} : {}, redirect: 'manual'})
          .then(async r => done([r.status, await r.text()]), e => done([0, String(e)]))""",
        method, path, body)


def keep(*secrets):
    """Note what must be nowhere afterwards."""
    with open(os.environ["SECRETS"], "a") as f:
        f.writelines(secret + "\n" for secret in secrets)


def tokens(name):
    """What a program has of the provider by itself: an access token and an ID token."""
    session, callback = requests.Session(), URI + "/oauth2/callback"
    asked = {"client_id": "mlflow", "response_type": "code", "scope": "openid profile", "redirect_uri": callback, "state": "any"}
    page = session.get(PROVIDER + "/auth", params=asked, timeout=60)
    number = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)["authRequestID"][0]
    answer = session.post(page.url, data={"id": number, "username": name, "password": password(name)}, allow_redirects=False, timeout=60)
    answer = session.get(urllib.parse.urljoin(page.url, answer.headers["location"]), allow_redirects=False, timeout=60)
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)["code"][0]
    answer = session.post(PROVIDER + "/oauth/token", timeout=60, data={
        "grant_type": "authorization_code", "code": code, "redirect_uri": callback, "client_id": "mlflow",
        "client_secret": os.environ["CLIENT_SECRET"]})
    answer.raise_for_status()
    keep(answer.json()["access_token"], answer.json()["id_token"])
    return answer.json()
