"""Requests of every kind of way go on until somebody writes the file that STOP names; none may fail. The first round writes GOING.

CERTIFICATES is a directory with what e2e/rotation_test.go issued.
"""

import os
import pathlib

from stage import ADMIN, auth_client, environment, password, step

certificates = pathlib.Path(os.environ["CERTIFICATES"])
known = {"MLFLOW_TRACKING_SERVER_CERT_PATH": str(certificates / "ca.pem")}
stop = pathlib.Path(os.environ["STOP"])

with environment(MLFLOW_TRACKING_USERNAME=ADMIN[0], MLFLOW_TRACKING_PASSWORD=ADMIN[1], **known):
    auth_client().create_user("alice", password("alice"))

rounds = 0
with environment(MLFLOW_TRACKING_CLIENT_CERT_PATH=str(certificates / "alice.pem"), **known) as client:
    auth = auth_client()
    experiment = client.create_experiment("rotating")
    run = client.create_run(experiment)
    while not stop.exists():
        client.log_metric(run.info.run_id, "round", rounds)  # the check alone
        assert [e.name for e in client.search_experiments(filter_string="name = 'rotating'")] == ["rotating"]  # and its second half
        assert auth.get_user("alice").username == "alice"  # and the auth API
        rounds += 1
        pathlib.Path(os.environ["GOING"]).touch()
    assert len(client.get_metric_history(run.info.run_id, "round")) == rounds > 10, rounds
step(f"{rounds} rounds, and none failed")
