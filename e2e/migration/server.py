"""One real `mlflow server --app-name basic-auth` of any release."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEGACY = "2.22.5"


def older(release, than):
    return tuple(map(int, release.split("."))) < tuple(map(int, than.split(".")))


def first_password(release):
    """What the release's documentation gives the first admin; since 3.16.1 one has to be chosen."""
    if older(release, "2.22.0"):
        return "password"
    return "password1234" if older(release, "3.16.1") else "an admin of long ago"


class BasicAuth:
    def __init__(self, release, folder, workspaces=False, database=None):
        self.release, self.folder, self.workspaces, self.log = release, folder, workspaces, folder / "log"
        self.admin, self.folds = ("admin", first_password(release)), bool(database) and database.startswith("mysql")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        ini = folder / "basic_auth.ini"
        ini.write_text(f"[mlflow]\ndefault_permission = READ\ndatabase_uri = {database or f'sqlite:///{folder}/basic_auth.db'}\n"
                       f"admin_username = admin\nadmin_password = {self.admin[1]}\n"
                       "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n")
        overlay = ROOT / "var" / f"mlflow-{release}"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "PYTHON")) and "proxy" not in k.lower()} | {
            "PYTHONPATH": f"{overlay}:{ROOT}/var/databases", "MLFLOW_AUTH_CONFIG_PATH": str(ini), "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_FLASK_SERVER_SECRET_KEY": "of this run alone", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_ENABLE_WORKSPACES": str(workspaces).lower(), "PATH": f"{ROOT}/var/venv/bin:" + os.environ["PATH"]}

    def __enter__(self):
        command = [ROOT / "var/venv/bin/python", "-m", "mlflow", "server", "--app-name", "basic-auth", "--host", "127.0.0.1", "--port", str(self.port),
                   "--workers", "1", "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", "--artifacts-destination", self.folder / "artifacts"]
        if (self.folder / "mlflow.db").exists():  # another release's
            subprocess.run([ROOT / "var/venv/bin/python", "-m", "mlflow", "db", "upgrade", f"sqlite:///{self.folder}/mlflow.db"],
                           env=self.env, cwd=self.folder, check=True, capture_output=True)
        self.process = subprocess.Popen(command, env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log.open("w"),
                                        stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + 180
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).status_code == 200:
                    return self
            except requests.RequestException:
                time.sleep(0.2)
        self.__exit__()
        sys.exit(f"MLflow {self.release} does not start:\n{self.log.read_text()[-4000:]}")

    def __exit__(self, *_):
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sig)
                self.process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass

    def send(self, who, method, path, json=None, params=None, workspace=None):
        headers = {"X-MLFLOW-WORKSPACE": workspace} if workspace else {}
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", json=json, params=params, headers=headers, timeout=60,
                                auth=(who[0].encode(), who[1].encode()))

    def do(self, who, method, path, json=None, params=None, workspace=None):
        """A request that has to work."""
        r = self.send(who, method, path, json, params, workspace)
        if r.status_code >= 400:
            sys.exit(f"MLflow {self.release}: {who[0]}: {method} {path} {json or params}: {r.status_code} {r.text[:600]}\n{self.log.read_text()[-2000:]}")
        return r.json() if r.content and "json" in r.headers["content-type"] else None
