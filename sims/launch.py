"""Starting and stopping MPI programs: one `mpiexec` and everything below it as one unit.

Here is the process side only. What the program computes is its own affair, and how a run of Dagster
follows it is `pipelines.mpi`.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

from sims.relay import Relay

JOB_LABEL: Final = "MILLRACE_JOB"
"""Environment variable that every process of a job carries, so that leftovers can be found."""

# Ranks must not believe that they belong to an MPI job around them.
_FOREIGN = re.compile(r"(OMPI|PMI|PMIX|MPI|HYDRA|HYDI)_.*")
_START_S: Final = 10.0
_RANK_PREFIX: Final = re.compile(r"\[(\d+)\] ?(.*)")


class LaunchError(Exception):
    """An MPI program could not be started, failed, or could not be stopped."""


def program_of(argv: Sequence[str]) -> list[str]:
    """The command of one rank: `python argv…`, unless argv begins with a program of its own.

    That is the path of an executable file whose name does not end in `.py`: a compiled solver, or a script
    with its own interpreter.
    """
    first = Path(argv[0])
    if first.suffix != ".py" and first.is_file() and os.access(first, os.X_OK):
        return [str(first.absolute()), *argv[1:]]
    return [sys.executable, *argv]


def default_mpiexec() -> str:
    """The launcher that the wheel `mpich` puts beside this Python, or the one on the path."""
    beside = Path(sys.executable).parent / "mpiexec"
    return str(beside) if beside.exists() else "mpiexec"


class MpiJob:
    """A running `mpiexec -n ranks python argv…` in a process group of its own.

    Lines arrive whole only if the program buffers its output by line (`sims.parallel` sees to it): hydra
    puts the rank before every piece that is written.

    Args:
        argv: the Python program and its arguments, for example `["-m", "sims.worker", …]`, or the path of an
            executable file and its arguments (`program_of`).
        ranks: number of MPI ranks.
        mpiexec: the launcher to use.
        options: further ones of it.
        env: additions to the environment of the ranks.
        on_line: receives every line that the ranks print, as `(rank, text)`, from a thread of the job;
            rank is -1 for the launcher's own words.

    Raises:
        LaunchError: the launcher cannot be run.
    """

    def __init__(
        self,
        argv: Sequence[str],
        ranks: int,
        *,
        mpiexec: str = "mpiexec",
        options: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        on_line: Callable[[int, str], None] | None = None,
    ) -> None:
        self.label = uuid.uuid4().hex
        self.argv = list(argv)
        inherited = {name: value for name, value in os.environ.items() if not _FOREIGN.fullmatch(name)}
        command = [mpiexec, "-n", str(ranks), "-prepend-rank", *options, *program_of(argv)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours, without a shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                # one thread a rank: ranks, not BLAS threads, are the parallelism
                env={**inherited, "OMP_NUM_THREADS": "1", **(env or {}), JOB_LABEL: self.label},
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(
                f"The MPI launcher {mpiexec!r} cannot be run ({error.strerror}); set MILLRACE_MPIEXEC to the one to use."
            ) from error
        self._relay = Relay(self._process, _RANK_PREFIX, on_line)
        self._began = time.monotonic()
        self._ended: float | None = None

    @property
    def pid(self) -> int:
        """Process id of the launcher, which is also the process group's."""
        return self._process.pid

    @property
    def tail(self) -> str:
        """The last lines that were printed."""
        return self._relay.tail

    @property
    def seconds(self) -> float:
        """For how long its ranks have run."""
        return (self._ended or time.monotonic()) - self._began

    def poll(self) -> int | None:
        """The launcher's exit status, or `None` while it runs."""
        status = self._process.poll()
        if status is not None and self._ended is None:
            self._ended = time.monotonic()
        return status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, at most `timeout` seconds, and return the exit status.

        Raises:
            TimeoutError: it still runs.
        """
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{' '.join(self.argv)} still runs after {timeout:g} s") from None
        self.poll()
        self._relay.join()
        return status

    def members(self) -> list[psutil.Process]:
        """Every living process of the job, wherever it was started."""
        found = []
        for process in psutil.process_iter():
            try:
                in_group = os.getpgid(process.pid) == self._process.pid
                if (in_group or process.environ().get(JOB_LABEL) == self.label) and _lives(process):
                    found.append(process)
            except (psutil.Error, ProcessLookupError, PermissionError):
                continue
        return found

    def stop(self, *, interrupt_s: float = 5.0, terminate_s: float = 3.0) -> None:
        """End the job: SIGINT, then SIGTERM, then SIGKILL, each to whoever is still there.

        SIGINT lets the program end in its own way and is given `interrupt_s` seconds; SIGTERM is given
        `terminate_s`. Returns when no process of the job is left.

        Raises:
            LaunchError: a process survives SIGKILL.
        """
        try:
            self._signal_until_gone(((signal.SIGINT, interrupt_s), (signal.SIGTERM, terminate_s)))
        finally:
            # also when a second Ctrl-C cuts the patience short
            self._signal_until_gone(((signal.SIGKILL, 5.0),))
        left = self.members()
        if left:
            raise LaunchError(f"Processes {[process.pid for process in left]} of {' '.join(self.argv)} do not end.")
        sweep_leftovers()

    def _signal_until_gone(self, steps: Sequence[tuple[signal.Signals, float]]) -> None:
        for number, patience in steps:
            # One by one: hydra gives its proxy and every rank a session of their own, out of a group signal's reach.
            known = self.members()
            for process in known:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
            deadline = time.monotonic() + patience
            # A dying process loses its environment, and with it the label, before it is gone: those once seen count too.
            while known := [process for process in {*known, *self.members()} if _lives(process)]:
                if time.monotonic() > deadline:
                    break
                self._process.poll()
                time.sleep(0.05)
            else:
                self._process.wait()
                self.poll()
                self._relay.join()
                return


def sweep_leftovers(older_than_s: float = 30.0) -> None:
    """Remove what killed MPI jobs of this user left: MPICH's shared memory, and hydra's note on the processors.

    A job that ends by itself removes both; after a kill they would stay until the next boot.

    Args:
        older_than_s: younger files may belong to a job that is just starting.
    """
    youngest = time.time() - older_than_s
    memory, notes = _owned("/dev/shm", "mpich_shm_*", youngest), _owned("/tmp", "hydra_hwloc_xmlfile_*", youngest)  # noqa: S108 - where they put them
    for maps in Path("/proc").glob("[0-9]*/maps") if memory else ():
        with contextlib.suppress(OSError):
            text = maps.read_text(encoding="utf-8", errors="replace")
            memory = {path: age for path, age in memory.items() if str(path) not in text}
    for proxy in psutil.process_iter() if notes else ():
        with contextlib.suppress(psutil.Error):
            if proxy.name() == "hydra_pmi_proxy" and _lives(proxy):
                # the note is written when the proxy starts
                started = proxy.create_time()
                notes = {path: written for path, written in notes.items() if abs(written - started) > _START_S}
    for path in (*memory, *notes):
        path.unlink(missing_ok=True)


def _owned(folder: str, pattern: str, youngest: float) -> dict[Path, float]:
    """Files of this user that were last written before `youngest`, with that time."""
    found = {}
    for path in Path(folder).glob(pattern):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            if status.st_uid == os.getuid() and status.st_mtime < youngest:
                found[path] = status.st_mtime
    return found


def _lives(process: psutil.Process) -> bool:
    """Whether the process still runs; one that only waits for its parent to notice does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
