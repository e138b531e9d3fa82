"""A real browser: Debian's chromium with its driver, without a window.

SCREENSHOTS names a folder for pictures, SELENIUM the folder where it is.
"""

import contextlib
import json
import os
import pathlib
import sys
import urllib.parse

sys.path.append(os.environ["SELENIUM"])

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from stage import URI, password

SHOTS = pathlib.Path(os.environ["SCREENSHOTS"])
PATIENCE = int(os.environ.get("PATIENCE", "120"))  # seconds: the machine may be busy


def options():
    o = webdriver.ChromeOptions()
    o.binary_location = "/usr/bin/chromium"
    for argument in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync", "window-size=1400,900",
    ):
        o.add_argument("--" + argument)
    o.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    return o


@contextlib.contextmanager
def browser(name=None, secret=None, javascript=True):
    """A browser that remembers that user's password."""
    o = options()
    if not javascript:
        o.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options=o, service=Service("/usr/bin/chromedriver"))
    try:
        if name:
            sign_in(driver, name, secret)
        yield driver
    finally:
        driver.quit()


def sign_in(driver, name, secret=None):
    scheme, host = URI.split("://")
    driver.get(f"{scheme}://{name}:{urllib.parse.quote(secret or password(name))}@{host}/version")


def visit(driver, path):
    """Open a page anew: one that differs in its fragment only would stay what it was."""
    driver.get("about:blank")
    driver.get(URI + path)


def statuses(driver):
    """Path and status of every response since the last call."""
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.responseReceived":
            response = message["params"]["response"]
            yield urllib.parse.urlsplit(response["url"]).path, response["status"]


def until(driver, condition, what):
    """Wait for it. While one page gives way to another, the driver says in several ways that there is nothing to look at."""

    def settled(d):
        try:
            return condition(d)
        except WebDriverException:
            return False

    return WebDriverWait(driver, PATIENCE).until(settled, what)


def text(driver):
    return driver.find_element(By.TAG_NAME, "body").text


def shows(driver, words):
    until(driver, lambda d: words in text(d), f"the page never showed {words!r}")


def hides(driver, words):
    assert words not in text(driver), f"the page shows {words!r}"


def displayed(driver, selector, words=None):
    """The last of what is displayed: a dialog stands behind what it covers."""

    def found(d):
        all = [e for e in d.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed() and (words is None or e.text.strip() == words)]
        return all[-1] if all else None

    return until(driver, found, f"there never was {selector} {words or ''}")


def picture(driver, name):
    driver.save_screenshot(str(SHOTS / f"{name}.png"))
