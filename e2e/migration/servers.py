"""PostgreSQL and MariaDB on free loopback ports, with data directories of their own."""

import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "var/databases"))
os.environ["PATH"] += ":/usr/sbin:" + ":".join(glob.glob("/usr/lib/postgresql/*/bin"))

PASSWORD, HARD = "of-the-database", "p@ss:w/rd %41#?&"  # the second for a user who may only read


def as_somebody(command):
    """Neither server runs as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command] if os.getuid() == 0 else command


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Database:
    def __init__(self, folder):
        self.folder, self.port = folder / self.name, free_port()
        self.folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")

    def __enter__(self):
        self.prepare()
        self.log = self.folder.with_suffix(".log")
        self.process = subprocess.Popen(as_somebody(self.command()), stdin=subprocess.DEVNULL, stdout=self.log.open("w"), stderr=subprocess.STDOUT,
                                        start_new_session=True, cwd="/")
        deadline = time.monotonic() + 120
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.connect().close()
                return self
            except Exception as e:  # two drivers, each with errors of its own
                self.error = e
                time.sleep(0.2)
        self.__exit__()
        sys.exit(f"{self.name} does not start: {self.error}\n{self.log.read_text()[-3000:]}")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGINT if self.name == "postgresql" else signal.SIGTERM)
        self.process.wait(60)

    def run(self, *statements):
        connection = self.connect()
        if self.name == "postgresql":
            connection.autocommit = True
        cursor = connection.cursor()
        for s in statements:
            cursor.execute(s)
        connection.close()

    def url(self, user="mlflow", password=None, database=None, driver=""):
        return f"{self.scheme}{driver}://{user}{f':{password}' if password else ''}@127.0.0.1:{self.port}/{database}"


class Postgres(Database):
    name, scheme, driver = "postgresql", "postgresql", "+psycopg2"

    def prepare(self):
        self.secret = self.folder.with_suffix(".password")
        self.secret.write_text(PASSWORD + "\n")
        self.secret.chmod(0o644)  # initdb is another user; the folder is ours alone
        subprocess.run(as_somebody(["initdb", "-D", self.folder, "-U", "mlflow", "-A", "scram-sha-256", "--pwfile", self.secret, "-E", "UTF8", "--locale=C.UTF-8"]),
                       check=True, capture_output=True, cwd="/")

    def command(self):
        return ["postgres", "-D", self.folder, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]

    def connect(self, database="postgres"):
        import psycopg2

        return psycopg2.connect(host="127.0.0.1", port=self.port, user="mlflow", password=PASSWORD, dbname=database)

    def create(self, database):
        self.run(f'CREATE DATABASE "{database}"')

    def reader(self, database):
        self.run("CREATE ROLE reader LOGIN PASSWORD '" + HARD + "'", "GRANT pg_read_all_data TO reader")


class MariaDB(Database):
    name, scheme, driver = "mysql", "mysql", "+pymysql"

    def prepare(self):
        subprocess.run(as_somebody(["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}", "--auth-root-authentication-method=normal", "--skip-test-db"]),
                       check=True, capture_output=True, cwd="/")
        first = self.folder.with_suffix(".sql")
        first.write_text(f"CREATE USER mlflow@'%' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO mlflow@'%' WITH GRANT OPTION;\n")
        first.chmod(0o644)
        self.first = first

    def command(self):
        return ["mariadbd", "--no-defaults", f"--datadir={self.folder}", f"--port={self.port}", "--bind-address=127.0.0.1", f"--socket={self.folder}/s.sock",
                f"--init-file={self.first}", "--skip-name-resolve", "--character-set-server=utf8mb4"]

    def connect(self, database=None):
        import pymysql

        return pymysql.connect(host="127.0.0.1", port=self.port, user="mlflow", password=PASSWORD, database=database, autocommit=True)

    def create(self, database):
        """MLflow's first migration gives two foreign keys one name, which MySQL refuses (mlflow/mlflow#9642). As the workaround there: the
        tables are made by hand, with another name; what follows is MLflow's own."""
        at = f"`{database}`."
        self.run(f"CREATE DATABASE `{database}`",
                 f"CREATE TABLE {at}alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
                 f"INSERT INTO {at}alembic_version VALUES ('8606fa83a998')",
                 f"CREATE TABLE {at}users (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255) UNIQUE, password_hash VARCHAR(255), is_admin BOOL)",
                 *(f"CREATE TABLE {at}{table} (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY, {key} VARCHAR(255) NOT NULL, user_id INTEGER NOT NULL, "
                   f"permission VARCHAR(255), CONSTRAINT {fk} FOREIGN KEY(user_id) REFERENCES users (id), CONSTRAINT {unique} UNIQUE ({key}, user_id))"
                   for table, key, fk, unique in (("experiment_permissions", "experiment_id", "fk_user_id", "unique_experiment_user"),
                                                  ("registered_model_permissions", "name", "fk_user_id_reg_model", "unique_name_user"))))

    def reader(self, database):
        self.run("CREATE USER reader@'%' IDENTIFIED BY '" + HARD.replace("'", "''") + "'", f"GRANT SELECT ON `{database}`.* TO reader@'%'")
