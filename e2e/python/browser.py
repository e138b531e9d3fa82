"""MLflow's web UI in a real browser: the password prompt, then the pages of an experiment, a run and a model, for a user who is no admin.

Needs Debian's chromium and chromium-driver. SCREENSHOTS names a folder for pictures of every page, SELENIUM the folder where it is.
"""

import urllib.parse

from chromium import browser, picture, shows, statuses
from stage import URI, admin, auth_client, password, step, user

NAME = "wendy"

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

driver = browser()
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
