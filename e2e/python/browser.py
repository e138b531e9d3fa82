"""MLflow's web UI in a real browser: the password prompt, then the pages of an experiment, a run and a model, for a user who is no admin.

Needs Debian's chromium and chromium-driver. SCREENSHOTS names a folder for pictures of every page, SELENIUM the folder where it is.
"""

import json
import os
import pathlib
import sys
import urllib.parse

sys.path.append(os.environ["SELENIUM"])

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from stage import URI, admin, auth_client, password, step, user

NAME = "wendy"
SHOTS = pathlib.Path(os.environ["SCREENSHOTS"])


def options():
    o = webdriver.ChromeOptions()
    o.binary_location = "/usr/bin/chromium"
    for argument in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", "window-size=1400,900",
    ):
        o.add_argument("--" + argument)
    o.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    return o


def statuses(driver):
    """Path and status of every response since the last call."""
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.responseReceived":
            response = message["params"]["response"]
            yield urllib.parse.urlsplit(response["url"]).path, response["status"]


def shows(driver, text):
    WebDriverWait(driver, 60).until(lambda d: text in d.find_element(By.TAG_NAME, "body").text, f"the page never showed {text!r}")


def picture(driver, name):
    driver.save_screenshot(str(SHOTS / f"{name}.png"))


with admin():
    auth_client().create_user(NAME, password(NAME))
with user(NAME) as client:
    experiment = client.create_experiment("seen in a browser")
    run = client.create_run(experiment, run_name="a run to look at").info
    client.log_metric(run.run_id, "accuracy", 0.875)
    client.log_param(run.run_id, "depth", "7")
    client.set_terminated(run.run_id)
    client.create_registered_model("model in a browser")
    client.create_model_version("model in a browser", run.artifact_uri + "/model", run.run_id)

driver = webdriver.Chrome(options=options(), service=Service("/usr/bin/chromedriver"))
try:
    step("without a password, the browser is asked for one and shows nothing")
    driver.get(URI + "/")
    assert ("/", 401) in set(statuses(driver))

    step("with it, the browser remembers it for the whole site")
    scheme, host = URI.split("://")
    driver.get(f"{scheme}://{NAME}:{urllib.parse.quote(password(NAME))}@{host}/version")
    pages = {
        "home": ("/", "Experiments"),
        "experiments": ("/#/experiments", "seen in a browser"),
        "runs": (f"/#/experiments/{experiment}/runs", "a run to look at"),
        "run": (f"/#/experiments/{experiment}/runs/{run.run_id}", "accuracy"),
        "models": ("/#/models", "model in a browser"),
        "model": ("/#/models/model%20in%20a%20browser", "Version 1"),
        "version": ("/#/models/model%20in%20a%20browser/versions/1", "Version 1"),
    }
    for name, (path, text) in pages.items():
        driver.get("about:blank")
        driver.get(URI + path)
        try:
            shows(driver, text)
        finally:
            picture(driver, name)
        step(f"{name}: shows {text!r}")
    failed = {(path, status) for path, status in statuses(driver) if status >= 500}
    assert not failed, failed
finally:
    driver.quit()
print("ok")
