"""The server of the local model: one for all processes of a user on a machine.

Here it is found, started and ended; the process itself is `llm.process`. Whoever comes first starts it
and whoever uses it holds a shared lock on the users file. The kernel releases the locks of killed
processes, so no count can go wrong and the server ends with its last user, however that one ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psutil

from llm.errors import ModelError

_START_S: Final = 180.0
"""Loading takes 4 s from a warm disk, and a minute from a slow one."""

_ANSWER_S: Final = 300.0
"""A long prompt on a slow machine with others before it."""


@dataclass(frozen=True)
class Address:
    """How to reach the server."""

    url: str
    key: str
    """Random, of this server only."""
    pid: int
    started: float
    """When the process began, seconds since the epoch; tells it from a later one with the same pid."""


class LocalServer:
    """A use of the shared server: it runs while at least one of these is open on this machine.

    Args:
        cache: folder that all processes of this user share.
        weights: verified weights (`llm.weights.find_weights`).
    """

    def __init__(self, cache: Path, weights: Path) -> None:
        # a home folder may be shared by machines, a server is not
        self._folder = cache / "server" / (platform.node() or "localhost")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._weights = weights
        self._users = os.open(self._folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._users, fcntl.LOCK_SH)
        # no proxy of the environment: what is asked stays on this machine
        self.http = httpx.Client(trust_env=False, timeout=_ANSWER_S)

    @property
    def states(self) -> Path:
        """Where the server keeps saved prompt caches."""
        path = self._folder / "states"
        path.mkdir(exist_ok=True)
        return path

    def close(self) -> None:
        """Give the use up; the last one to do so ends the server."""
        if self._users >= 0:
            self.http.close()
            os.close(self._users)
            self._users = -1

    def address(self) -> Address:
        """The address of a server that answers; starts one if there is none.

        Raises:
            ModelError: it does not start.
        """
        known = _read(self._folder)
        if known is not None and self._answers(known):
            return known
        with _alone(self._folder):
            known = _read(self._folder)
            if known is not None and self._answers(known):
                return known  # another process was first
            _end(known)
            self._start()
            started = _read(self._folder)
        if started is None:
            raise ModelError(f"The model server ended as soon as it had started; its log is {self._log}.")
        return started

    def _answers(self, address: Address) -> bool:
        """Whether our server is there; one that is merely busy is."""
        try:
            # not /health, which would not notice another server on the same port
            url, headers = f"{address.url}/tokenize", {"Authorization": f"Bearer {address.key}"}
            return self.http.post(url, json={"content": ""}, headers=headers, timeout=10.0).is_success
        except httpx.TimeoutException:
            return _process(address) is not None
        except httpx.HTTPError:
            return False

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _start(self) -> None:
        command = [sys.executable, "-m", "llm.process", "--weights", str(self._weights), "--states", str(self.states)]
        command += ["--users", str(self._folder / "users"), "--address", str(self._folder / "address.json")]
        with self._log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - the command is ours, without a shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # a Ctrl-C of its starter is not meant for it
            )
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        process.wait()  # it has forked; the server holds the other end of the pipe
        with process.stdout as announcements:
            heard = select.select([announcements], [], [], _START_S)[0]
            line = announcements.readline() if heard else b""
        if line == b"ready\n":
            return
        last = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        why = last[0] if last else f"it did not answer within {_START_S:g} s"
        raise ModelError(f"The model server does not start: {why}. Its log is {self._log}.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(folder: Path) -> Address | None:
    try:
        return Address(**json.loads((folder / "address.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _process(address: Address) -> psutil.Process | None:
    try:
        process = psutil.Process(address.pid)
        return process if abs(process.create_time() - address.started) < 1 else None
    except psutil.NoSuchProcess:
        return None


def _end(address: Address | None) -> bool:
    process = _process(address) if address else None
    if process is None:
        return False
    process.terminate()
    try:
        process.wait(5)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(5)
    return True
