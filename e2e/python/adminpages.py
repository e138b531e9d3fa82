"""MLflow's own account and admin pages (3.17.2) in a real browser: an admin makes a user and a role and gives access; the user sees it, changes
the password, and finds nothing of an admin's. The server permits nothing that is not granted.
"""

from chromium import By, browser, displayed, hides, picture, shows, sign_in, statuses, until, visit
from stage import ADMIN, URI, admin, password, refused, rest, step, user

NAME, ROLE, NEW = "wendy", "painters", "another password of wendy"
DIALOG = '[role="dialog"] '


def component(driver, id):
    return displayed(driver, f'[data-component-id="{id}"]')


def choose(driver, combobox, option):
    displayed(driver, combobox).click()
    displayed(driver, '[role="option"], [role="menuitemradio"]', option).click()


def dialog_is_gone(driver):
    open = lambda d: [e for e in d.find_elements(By.CSS_SELECTOR, DIALOG) if e.is_displayed()]
    until(driver, lambda d: not open(d), "the dialog stays")


def menu(driver):
    displayed(driver, '[aria-label^="Account menu"]').click()
    return displayed(driver, '[role="menu"]')


def fetched(driver, method, path, body):
    """What a page of this site gets when its script asks with the browser's password."""
    return driver.execute_async_script(
        "const [m, p, b, done] = arguments; fetch(p, {method: m, body: b, headers: {'Content-Type': 'application/json'}}).then(r => done(r.status))",
        method, path, body,
    )


with admin() as client:
    landscapes, portraits = client.create_experiment("landscapes"), client.create_experiment("portraits")

with browser(*ADMIN) as driver:
    step("an admin's menu leads to the admin pages")
    visit(driver, "/")
    assert "Manage" in menu(driver).text
    picture(driver, "mlflow-menu")

    step("create a user")
    visit(driver, "/#/admin")
    component(driver, "admin.users.create_button").click()
    component(driver, "admin.create_user_modal.username").send_keys(NAME)
    component(driver, "admin.create_user_modal.password").send_keys("short")
    component(driver, "admin.create_user_modal.submit").click()
    shows(driver, "12 characters")
    picture(driver, "mlflow-user-refused")
    component(driver, "admin.create_user_modal.password").send_keys(password(NAME)[len("short"):])
    visit(driver, "/#/admin")
    component(driver, "admin.users.create_button").click()
    component(driver, "admin.create_user_modal.username").send_keys(NAME)
    component(driver, "admin.create_user_modal.password").send_keys(password(NAME))
    component(driver, "admin.create_user_modal.submit").click()
    dialog_is_gone(driver)
    shows(driver, NAME)
    picture(driver, "mlflow-users")

    step("create a role that reads every experiment")
    displayed(driver, '[role="tab"]', "Roles").click()
    component(driver, "admin.roles.create_button").click()
    component(driver, "admin.create_role_modal.name").send_keys(ROLE)
    displayed(driver, DIALOG + "button", "Permissions").click()
    displayed(driver, DIALOG + "label", "All experiments").click()
    component(driver, "admin.role_permissions.add").click()
    picture(driver, "mlflow-role")
    component(driver, "admin.create_role_modal.submit").click()
    dialog_is_gone(driver)
    shows(driver, ROLE)

    step("assign the role, and grant EDIT on one experiment")
    visit(driver, f"/#/admin/users/{NAME}")
    component(driver, "admin.user_detail.edit_access_button").click()
    choose(driver, DIALOG + '[role="combobox"][aria-label^="Roles"]', f"default/{ROLE}")
    displayed(driver, DIALOG + '[role="combobox"][aria-label^="Roles"]').click()  # several can be chosen, so the list stays
    choose(driver, DIALOG + '[role="combobox"][aria-label^="Experiment"]', f"landscapes ({landscapes})")
    choose(driver, "#admin-direct-permission-level", "EDIT")
    component(driver, "admin.direct_permissions.add").click()
    picture(driver, "mlflow-access")
    component(driver, "admin.edit_access_modal.review").click()
    shows(driver, ROLE)
    picture(driver, "mlflow-review")
    component(driver, "admin.edit_access_modal.confirm").click()
    dialog_is_gone(driver)
    shows(driver, ROLE)
    failed = {(path, status) for path, status in statuses(driver) if status >= 500}
    assert not failed, failed

step("it holds for real requests")
with user(NAME) as client:
    assert client.get_experiment(portraits).name == "portraits"
    client.set_experiment_tag(landscapes, "by", NAME)
    with refused():
        client.set_experiment_tag(portraits, "by", NAME)

with browser(NAME) as driver:
    step("the user sees the role and the permissions, and nothing of an admin's")
    visit(driver, "/#/account")
    shows(driver, ROLE)
    picture(driver, "mlflow-account")
    displayed(driver, '[role="tab"]', "Permissions").click()
    shows(driver, "EDIT")
    picture(driver, "mlflow-account-permissions")
    assert "Manage" not in menu(driver).text
    visit(driver, "/#/admin")  # MLflow shows everybody who there is
    shows(driver, "Platform Admin")
    shows(driver, ROLE)
    picture(driver, "mlflow-no-admin")
    for button in ("Create User", "Create Role", "Delete"):
        hides(driver, button)

    step("nor does a page that the user types the address of give any access")
    visit(driver, f"/#/admin/users/{NAME}")
    component(driver, "admin.user_detail.edit_access_button").click()
    choose(driver, DIALOG + '[role="combobox"][aria-label^="Experiment"]', f"portraits ({portraits})")
    choose(driver, "#admin-direct-permission-level", "MANAGE")
    component(driver, "admin.direct_permissions.add").click()
    component(driver, "admin.edit_access_modal.review").click()
    component(driver, "admin.edit_access_modal.confirm").click()
    shows(driver, "Permission denied")
    picture(driver, "mlflow-access-refused")
    with user(NAME) as client, refused():
        client.set_experiment_tag(portraits, "by", NAME)
    for method, path, body in (
        ("POST", "/ajax-api/2.0/mlflow/users/create", '{"username": "mallory", "password": "a password of mallory"}'),
        ("PATCH", "/ajax-api/2.0/mlflow/users/update-admin", '{"username": "wendy", "is_admin": true}'),
        ("POST", "/ajax-api/3.0/mlflow/roles/create", '{"name": "mine", "workspace": "default"}'),
        ("POST", "/ajax-api/3.0/mlflow/users/permissions/grant", '{"username": "wendy", "resource_type": "experiment", "resource_id": "*", "permission": "MANAGE"}'),
    ):
        assert fetched(driver, method, path, body) == 403, path

    step("the user changes the password, by knowing the old one")
    visit(driver, "/#/account")
    displayed(driver, "button", "Change password").click()
    component(driver, "account.current_password").send_keys("not the password of wendy")
    for field in ("new", "confirm"):
        component(driver, f"account.{field}_password").send_keys(NEW)
    component(driver, "account.change_password_modal.footer.ok").click()
    shows(driver, "does not match")
    picture(driver, "mlflow-password-refused")
    assert rest("GET", "/version", (NAME, password(NAME))).status_code == 200
    visit(driver, "/#/account")
    displayed(driver, "button", "Change password").click()
    component(driver, "account.current_password").send_keys(password(NAME))
    for field in ("new", "confirm"):
        component(driver, f"account.{field}_password").send_keys(NEW)
    component(driver, "account.change_password_modal.footer.ok").click()
    until(driver, lambda _: rest("GET", "/ajax-api/2.0/mlflow/users/current", (NAME, NEW)).status_code == 200, "the new password never held")
    assert rest("GET", "/ajax-api/2.0/mlflow/users/current", (NAME, password(NAME))).status_code == 401

with browser(NAME, NEW) as driver:
    step("logging out has the browser forget it")
    visit(driver, "/")
    menu(driver)
    displayed(driver, '[role="menuitem"]', "Logout").click()
    until(driver, lambda d: ("/", 401) in set(statuses(d)), "the browser still knows the password")
    sign_in(driver, NAME, NEW)
    visit(driver, "/#/account")
    shows(driver, ROLE)
print("ok")
