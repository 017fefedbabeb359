"""The Dagster UI: webserver, daemon and one code server on one home, ended together."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import psutil

from assets.studies import ensure_study
from pipelines.database import open_database
from pipelines.home import open_instance
from pipelines.leftovers import end_dead_runs
from pipelines.settings import Settings

HOST = "127.0.0.1"
"""Loopback only: the webserver has no login, and who reaches it can run code."""

WORKSPACE = Path(__file__).parent.parent / "workspace.yaml"
PATIENCE_S = 60.0
"""How long runs and services may take to end: a study writes its checkpoint first."""


class UiError(Exception):
    """The UI cannot be opened, or ended by itself."""


def serve(settings: Settings, port: int) -> None:
    """Run the UI until Ctrl-C or SIGTERM; no process of it stays.

    Raises:
        UiError: the port is taken, or the UI ended by itself.
    """
    _check_port(port)
    with open_instance(settings) as instance:
        ensure_study(instance)
        end_dead_runs(instance, settings.home)
    database = open_database(settings)  # held open, so that runs need not start it each time
    # `dagster dev` recommends `dg dev`, which runs it in turn but takes no workspace.yaml
    quiet = ["-W", "ignore:Function `dev_command` is superseded"]
    command = [sys.executable, *quiet, "-m", "dagster", "dev", "-h", HOST, "-p", str(port), "-w", str(WORKSPACE)]
    # Handlers before the start: a shell's background job ignores SIGINT, and its children would inherit that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    # a session of its own: Ctrl-C comes to us first and is passed on once
    process = psutil.Popen([*command, "--log-level", "warning"], start_new_session=True)
    try:
        print(f"Dagster UI: http://{HOST}:{port} (in a few seconds; Ctrl-C ends it)", flush=True)
        status = process.wait()
        raise UiError(f"The Dagster UI ended with status {status}; its output is above.")
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
    finally:
        _stop(process)
        database.dispose()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UiError(
                f"Port {port} on {HOST} cannot be used ({error.strerror}); choose another: millrace ui --port 3001."
            ) from error


def _stop(process: psutil.Popen) -> None:
    """End the services in their own order, then whatever of them is left."""
    try:
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    process.send_signal(signal.SIGINT)
    _, left = psutil.wait_procs(family, timeout=PATIENCE_S)
    for straggler in left:
        straggler.kill()
    psutil.wait_procs(left, timeout=5)
