"""The pages of extauthz in a real browser: signing people up, tokens with the keyboard alone and without JavaScript, who has access, and the audit
trail; in the light and in the dark, in a wide and in a narrow window.
"""

import pathlib
import re

from chromium import By, browser, displayed, hides, picture, shows, statuses, text, until, visit
from selenium.webdriver.common.keys import Keys
from stage import ADMIN, URI, admin, auth_client, password, rest, step, user

ACCESSIBILITY = pathlib.Path(__file__).with_name("accessibility.js").read_text()
HOSTILE = "<img src=x onerror=alert(1)> \"&' \u202emodel"
CURRENT = "/ajax-api/2.0/mlflow/users/current"


def look(driver, name):
    """No page may be wrong in any of its looks."""
    driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    for scheme in ("light", "dark"):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        for width in (1400, 320):
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 1100, "deviceScaleFactor": 1, "mobile": False})
            picture(driver, f"{name}-{scheme}-{width}")
            wrong = driver.execute_script(ACCESSIBILITY)
            assert not wrong, f"{name}, {scheme}, {width}: " + "\n".join(wrong)
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    complaints = [entry["message"] for entry in driver.get_log("browser") if "Content Security Policy" in entry["message"]]
    assert not complaints, complaints


def focused(driver):
    e = driver.switch_to.active_element
    return e.get_attribute("aria-label") or e.text or e.get_attribute("id") or e.tag_name


def press(driver, *keys):
    driver.switch_to.active_element.send_keys(*keys)


def tab_to(driver, name):
    """Go on with the keyboard until what is called so has the focus, which must be seen."""
    for _ in range(60):
        press(driver, Keys.TAB)
        e = driver.switch_to.active_element
        assert driver.execute_script("const s = getComputedStyle(arguments[0]); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2", e), (
            f"the focus on {focused(driver)!r} is not seen"
        )
        if focused(driver) == name:
            return
    raise AssertionError(f"the keyboard does not lead to {name!r}")


with admin():
    auth_client().create_user("alice", password("alice"))
    role = auth_client().create_role(name="analysts", workspace="default", description="Compare what others have trained")
    auth_client().add_role_permission(role.id, "registered_model", HOSTILE, "READ")
    auth_client().assign_role("alice", role.id)
with user("alice") as client:
    experiment = client.create_experiment("paintings")
    client.create_registered_model(HOSTILE)

with browser(*ADMIN) as driver:
    step("an admin signs a user up, and is told by an alert, as in MLflow")
    visit(driver, "/signup")
    look(driver, "signup")
    displayed(driver, "#username").send_keys("bob")
    displayed(driver, "#password").send_keys(password("bob"))
    displayed(driver, "input[type=submit]").click()
    alert = until(driver, lambda d: d.switch_to.alert, "no alert")
    assert alert.text == "Successfully signed up user: bob", alert.text
    alert.accept()
    until(driver, lambda d: d.current_url.split("#")[0] == URI + "/", "not led to MLflow")
    assert rest("GET", CURRENT, ("bob", password("bob"))).status_code == 200

    step("a name that is taken leads back, and a password that will not do is told with the form")
    visit(driver, "/signup")
    displayed(driver, "#username").send_keys("bob")
    displayed(driver, "#password").send_keys(password("bob"))
    displayed(driver, "input[type=submit]").click()
    alert = until(driver, lambda d: d.switch_to.alert, "no alert")
    assert alert.text == "Username has already been taken: bob", alert.text
    alert.accept()
    until(driver, lambda d: d.current_url == URI + "/signup", "not led back")
    displayed(driver, "#username").send_keys("mallory!")
    displayed(driver, "#password").send_keys(password("bob"))
    displayed(driver, "input[type=submit]").click()
    shows(driver, "Nothing was changed")
    assert driver.find_element(By.ID, "username").get_attribute("value") == "mallory!"
    look(driver, "signup-refused")

    step("another site's form is of no use, whoever's browser sends it")
    driver.get("data:text/html," + f"<form method=post action='{URI}/api/2.0/mlflow/users/create-ui'><input name=username value=mallory>"
               "<input name=password value=a-password-of-mallory><button>A prize</button></form>")
    displayed(driver, "button").click()
    shows(driver, "another site")
    assert rest("GET", "/api/2.0/mlflow/users/get?username=mallory", ADMIN).status_code == 404

with browser("alice") as driver:
    step("a token, with the keyboard alone")
    visit(driver, "/extauthz/")
    shows(driver, "analysts")
    look(driver, "start")
    hides(driver, "Audit trail")
    visit(driver, "/extauthz/")
    press(driver, Keys.TAB)
    assert focused(driver) == "Skip to the content", focused(driver)
    tab_to(driver, "Tokens")
    press(driver, Keys.ENTER)
    shows(driver, "Your tokens")
    tab_to(driver, "name")
    press(driver, "laptop \u05e9\u05dc\u05d5\u05dd")
    tab_to(driver, "days")
    press(driver, "30")
    tab_to(driver, "Id or name of resource 1")
    press(driver, experiment)
    tab_to(driver, "Permission on resource 1")
    press(driver, "EDIT")
    tab_to(driver, "Create the token")
    press(driver, Keys.ENTER)
    shows(driver, "only once")
    assert "only once" in driver.switch_to.active_element.text, "the new token does not have the focus"
    tab_to(driver, "secret")
    token = driver.switch_to.active_element.get_attribute("value")
    assert "export MLFLOW_TRACKING_TOKEN=" + token in text(driver)
    look(driver, "token-made")
    with_token = {"Authorization": "Bearer " + token}
    set_tag = {"json": {"experiment_id": experiment, "key": "by", "value": "a token"}, "headers": with_token}
    assert rest("POST", "/api/2.0/mlflow/experiments/set-experiment-tag", **set_tag).status_code == 200
    assert rest("POST", "/api/2.0/mlflow/experiments/delete", json={"experiment_id": experiment}, headers=with_token).status_code == 403

    step("and revoked")
    visit(driver, "/extauthz/tokens")
    shows(driver, f"EDIT on experiment {experiment}")
    hides(driver, token)
    look(driver, "tokens")
    visit(driver, "/extauthz/tokens")
    tab_to(driver, "Revoke laptop \u05e9\u05dc\u05d5\u05dd")
    press(driver, Keys.ENTER)
    tab_to(driver, "Revoke for good: laptop \u05e9\u05dc\u05d5\u05dd")
    press(driver, Keys.ENTER)
    shows(driver, "Revoked: laptop")
    shows(driver, "None yet.")
    assert rest("POST", "/api/2.0/mlflow/experiments/set-experiment-tag", **set_tag).status_code == 401

    step("who has access to what is alice's, and what alice may do, in spite of what things are called")
    visit(driver, "/extauthz/access")
    look(driver, "access")
    displayed(driver, "#id").send_keys(experiment, Keys.ENTER)
    shows(driver, f"Who can read experiment {experiment}")
    shows(driver, f"own, on experiment {experiment}")
    look(driver, "access-who")
    displayed(driver, "#username").send_keys(Keys.ENTER)
    shows(driver, "What alice may do")
    shows(driver, HOSTILE.replace("\u202e", "[U+202E]"))
    shows(driver, "READ, the default permission")
    look(driver, "access-what")
    for path in ("/signup", "/extauthz/audit", "/extauthz/tokens?username=bob", "/extauthz/access?username=bob"):
        visit(driver, path)
        shows(driver, "Permission denied")
    look(driver, "access-refused")

with browser("alice", javascript=False) as driver:
    step("everything without JavaScript, too")
    visit(driver, "/extauthz/tokens")
    displayed(driver, "#name").send_keys("no script")
    displayed(driver, "button", "More rows for resources").click()
    until(driver, lambda d: len(d.find_elements(By.NAME, "resource_id")) == 6, "no more rows")
    assert driver.find_element(By.ID, "name").get_attribute("value") == "no script"
    displayed(driver, "#days").send_keys("7")
    displayed(driver, "#read_only").click()
    displayed(driver, "button", "Create the token").click()
    shows(driver, "only once")
    token = driver.find_element(By.ID, "secret").get_attribute("value")
    assert rest("GET", CURRENT, headers={"Authorization": "Bearer " + token}).status_code == 200

with browser(*ADMIN) as driver:
    step("the audit trail has it all, for admins")
    visit(driver, "/extauthz/audit")
    shows(driver, "user bob")
    look(driver, "audit")
    visit(driver, "/extauthz/audit")
    displayed(driver, "#actor").send_keys("alice")
    displayed(driver, "#action").send_keys("credential.create", Keys.ENTER)
    shows(driver, "token no script of alice")
    hides(driver, "user bob")
    assert re.search(r"[?&]actor=alice", driver.current_url)
    displayed(driver, "summary").click()
    shows(driver, "expires_at")
    visit(driver, "/extauthz/audit?page_token=x")
    shows(driver, "page_token")
    look(driver, "audit-refused")
    failed = {(path, status) for path, status in statuses(driver) if status >= 500}
    assert not failed, failed
print("ok")
