"""A Dagster project with an instance, a real daemon and real code servers, for tests of what happens between them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import dagster as dg
import yaml
from dagster._cli.job import _create_run
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import PythonFileTarget

ROOT = Path(__file__).parents[2]
FOREIGN = Path(__file__).parent / "programs" / "foreign.py"
OURS = {"module": "pipelines.admission", "class": "AdmissionCoordinator"}
STOCK = {"module": "dagster", "class": "QueuedRunCoordinator"}
PATIENCE_S = 120.0


class Project:
    """Submits runs as the UI does, and waits for what becomes of them."""

    def __init__(
        self,
        folder: Path,
        *,
        program: Path = FOREIGN,
        variables: Mapping[str, str] | None = None,
        stock: bool = False,
        **config: Any,
    ) -> None:
        self.home, self.signals, self.program = folder / "home", folder / "signals", program
        self._variables = variables or {}
        for path in (self.home, self.signals):
            path.mkdir(parents=True)
        named = STOCK if stock else OURS
        coordinator = {**named, "config": {"dequeue_interval_seconds": 1, **config}}
        settings = {
            "telemetry": {"enabled": False},
            "run_coordinator": coordinator,
            "run_retries": {"enabled": True, "max_retries": 0},
            "code_servers": {"wait_for_local_processes_on_shutdown": True},
        }
        (self.home / "dagster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        self._stack = ExitStack()
        self._daemons: list[subprocess.Popen] = []

    @property
    def environment(self) -> dict[str, str]:
        """Of every process of the project."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "SIGNALS": str(self.signals),
            **self._variables,
        }

    def __enter__(self) -> Self:
        previous = dict(os.environ)
        os.environ.update(self.environment)  # the code server of the workspace is our child
        self._stack.callback(lambda: (os.environ.clear(), os.environ.update(previous)))
        self.instance = self._stack.enter_context(dg.DagsterInstance.from_config(str(self.home)))
        target = PythonFileTarget(str(self.program), None, str(self.program.parent), None)
        self._workspace = self._stack.enter_context(WorkspaceProcessContext(self.instance, target))
        return self

    def __exit__(self, *_: object) -> None:
        self.signal("all")
        while self._daemons:
            self.stop_daemon()
        self._stack.close()

    def start_daemon(self) -> subprocess.Popen:
        """As an operator starts it."""
        log = (self.home / f"daemon-{len(self._daemons)}.log").open("a", encoding="utf-8")
        self._stack.callback(log.close)
        command = [sys.executable, "-m", "dagster._daemon", "run", "-f", str(self.program)]
        command += ["-d", str(self.program.parent)]
        process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self._daemons.append(process)
        return process

    def stop_daemon(self) -> None:
        """The one that was started last; its code server ends with it."""
        process = self._daemons.pop()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def submit(self, job: str = "work", tags: Mapping[str, str] | None = None) -> str:
        """Submit a run and return its id."""
        with self.request() as request:
            location = request.get_code_location(self.program.name)
            repository = location.get_repository("__repository__")
            run = _create_run(
                instance=self.instance,
                code_location=location,
                remote_repo=repository,
                remote_job=repository.get_full_job(job),
                run_config={},
                tags=tags or {},
                op_selection=None,
                run_id=None,
            )
            self.instance.submit_run(run.run_id, request)
            return run.run_id

    @contextmanager
    def request(self) -> Iterator[Any]:
        """The workspace as a launch sees it."""
        yield self._workspace.create_request_context()

    def signal(self, name: str) -> None:
        """Let the runs that wait for it end."""
        (self.signals / name).touch()

    def run(self, run_id: str) -> dg.DagsterRun:
        """The run as it is now."""
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run

    def tag(self, run_id: str, name: str) -> str | None:
        """A tag of it as it is now."""
        return self.run(run_id).tags.get(name)

    def events(self, run_id: str) -> list[str]:
        """What the event log of a run says, in sentences."""
        events = [entry.dagster_event for entry in self.instance.all_logs(run_id)]
        return [event.message for event in events if event is not None and event.message]

    def status(self, run_id: str) -> str:
        """Of a run, now."""
        return self.run(run_id).status.value

    def wait_until(self, what: Callable[[], Any], timeout: float = PATIENCE_S) -> Any:
        """Look again and again, until there is something."""
        deadline = time.monotonic() + timeout
        while not (found := what()):
            if time.monotonic() > deadline:
                logs = "\n".join(path.read_text(encoding="utf-8") for path in self.home.glob("*.log"))
                raise AssertionError(f"It did not happen within {timeout:g} s. The daemon said:\n{logs[-5000:]}")
            time.sleep(0.2)
        return found

    def wait_for(self, run_id: str, status: str) -> None:
        """Until a run has a status."""
        self.wait_until(lambda: self.status(run_id) == status)
