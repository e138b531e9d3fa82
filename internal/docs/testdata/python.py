"""Runs scripts in forks of a Python that has MLflow's client loaded already, since loading it takes seconds each time.

python.py SOCKET: who connects sends stdin, stdout and stderr with {"argv", "cwd", "env"}, and is sent the exit code.
"""

import atexit
import json
import os
import runpy
import signal
import socket
import sys
import traceback

import mlflow.server.auth.client  # noqa: F401


def run(argv, cwd, env):
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = argv
    try:
        if argv[0] == "-c":
            exec(compile(argv[1], "-c", "exec"), {"__name__": "__main__"})
        else:
            runpy.run_path(argv[0], run_name="__main__")
        code = 0
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else int(e.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return code


server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
while True:
    connection, _ = server.accept()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        message, files, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        for i, file in enumerate(files):
            os.dup2(file, i)
        code = run(**json.loads(message))
        connection.sendall(bytes([code]))
        os._exit(code)
    connection.close()
