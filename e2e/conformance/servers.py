"""The two servers that are compared: plain MLflow behind Envoy and extauthz (e2e/start.sh), and MLflow's own basic-auth."""

import base64
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from wire import Call, Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADMIN = "admin:admin password of the conformance run"


def free_ports(n):
    held = [socket.socket() for _ in range(n)]
    for s in held:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def environment(release):
    overlay = ROOT / "var" / f"mlflow-{release}"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "EXTAUTHZ_", "ADMIN_", "PYTHON")) and k.lower() not in ("http_proxy", "https_proxy")}
    env |= {"PYTHONPATH": str(overlay) if overlay.exists() else "", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(32)).decode()}  # two servers read one database
    env["PATH"] = f"{ROOT}/var/venv/bin:" + env["PATH"]
    return env


class Process:
    """A server with its children; MLflow's backend store is db, its artifacts lie in artifacts."""

    def start(self, command, env, log):
        self.log = log
        self.process = subprocess.Popen(command, env=env, cwd=self.data, stdin=subprocess.DEVNULL, stdout=log.open("w"),
                                        stderr=subprocess.STDOUT, start_new_session=True)

    def wait(self):
        deadline = time.monotonic() + 180
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if self.server.send(Call("GET", "/health")).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        self.stop()
        sys.exit(f"{self.log} says why this does not start:\n{self.log.read_text()[-4000:]}")

    def stop(self):
        self.server.close()
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sig)
                self.process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass


class Ours(Process):
    def __init__(self, release, data, default):
        self.data = data / "ours"
        self.data.mkdir()
        port, self.plain_port, *others = free_ports(5)
        name, password = ADMIN.split(":")
        env = environment(release) | {
            "MLFLOW_PYTHON": str(ROOT / "var/venv/bin/python"), "LISTEN_PORT": str(port), "DATA_DIR": str(self.data), "START_SH_SUPERVISE": "0",
            "FREE_PORTS": " ".join(map(str, [self.plain_port, *others])), "ADMIN_USERNAME": name, "ADMIN_PASSWORD": password,
            "MLFLOW_ARGS": "--workers 1", "DEFAULT_PERMISSION": default,
        }
        self.server, self.plain = Server(port), Server(self.plain_port)
        self.db, self.artifacts = self.data / "mlflow/mlflow.db", self.data / "mlflow/artifacts"
        self.start([ROOT / "e2e/start.sh"], env, data / "ours.log")


class BasicAuth(Process):
    def __init__(self, release, data, default):
        self.data = data / "theirs"
        self.data.mkdir()
        (port,) = free_ports(1)
        name, password = ADMIN.split(":")
        self.users = self.data / "basic_auth.db"
        ini = self.data / "basic_auth.ini"
        ini.write_text(f"[mlflow]\ndefault_permission = {default}\ndatabase_uri = sqlite:///{self.users}\nadmin_username = {name}\n"
                       f"admin_password = {password}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n")
        self.server = Server(port)
        self.db, self.artifacts = self.data / "mlflow.db", self.data / "artifacts"
        env = environment(release) | {"MLFLOW_AUTH_CONFIG_PATH": str(ini), "MLFLOW_FLASK_SERVER_SECRET_KEY": "of this run alone"}
        self.start([ROOT / "var/venv/bin/python", "-m", "mlflow", "server", "--app-name", "basic-auth", "--host", "127.0.0.1", "--port", str(port),
                    "--workers", "1", "--backend-store-uri", f"sqlite:///{self.db}", "--artifacts-destination", str(self.artifacts)],
                   env, data / "theirs.log")
