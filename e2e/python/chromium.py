"""Debian's Chromium, headless. SCREENSHOTS names a folder for pictures, SELENIUM the folder where selenium is."""

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


def browser():
    return webdriver.Chrome(options=options(), service=Service("/usr/bin/chromedriver"))


def statuses(driver):
    """Path and status of every response since the last call."""
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.responseReceived":
            response = message["params"]["response"]
            yield urllib.parse.urlsplit(response["url"]).path, response["status"]


def until(driver, what, happened):
    return WebDriverWait(driver, 60).until(happened, f"it never happened: {what}")


def shows(driver, text):
    until(driver, f"the page shows {text!r}", lambda d: text in d.find_element(By.TAG_NAME, "body").text)


def picture(driver, name):
    driver.save_screenshot(str(SHOTS / f"{name}.png"))
