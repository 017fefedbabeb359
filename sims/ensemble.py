"""The workers of a study: started, watched, started again when they die, and always stopped.

Which parameter set goes to whom is `sims.roster`; here are only processes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from sims.launch import MpiJob
from sims.solver import SimulationError

_BARREN: Final = 3
"""Workers that may die in a row without having begun any simulation."""


class Job(Protocol):
    """A started MPI program."""

    @property
    def tail(self) -> str:
        """The last lines that it printed."""
        ...

    def poll(self) -> int | None:
        """Its exit status, or `None` while it runs."""
        ...

    def stop(self) -> None:
        """End it with everything below it; returns when nothing of it is left."""
        ...


class Launch(Protocol):
    """How an MPI program is started: `python argv…` on that many ranks."""

    def __call__(self, argv: Sequence[str], ranks: int) -> Job:
        """Start it."""
        ...


def launch_locally(argv: Sequence[str], ranks: int) -> Job:
    """Start it with the `mpiexec` that was installed beside this Python, or the one on the path."""
    beside = Path(sys.executable).parent / "mpiexec"
    return MpiJob(argv, ranks, mpiexec=str(beside) if beside.exists() else "mpiexec")


class Ensemble:
    """The workers of a study; as a context it stops them all on the way out, whatever happened.

    Args:
        launch: starts a worker.
        command: the arguments of a worker of that name.
        ranks: MPI ranks of a worker.
        workers: how many run side by side.
        lost: told the name of a worker that ended and why; says whether it ever began a simulation.
        silent: names of workers that hang; they are killed and replaced.
        wanted: whether there is work left.
    """

    def __init__(
        self,
        launch: Launch,
        command: Callable[[str], Sequence[str]],
        *,
        ranks: int,
        workers: int,
        lost: Callable[[str, str], bool],
        silent: Callable[[], Collection[str]],
        wanted: Callable[[], bool],
    ) -> None:
        self._launch, self._command, self._ranks, self._workers = launch, command, ranks, workers
        self._lost, self._silent, self._wanted = lost, silent, wanted
        self._jobs: dict[str, Job] = {}
        self._started = self._barren = 0

    @property
    def restarts(self) -> int:
        """Workers that were started in place of one that ended early."""
        return max(0, self._started - self._workers)

    def __enter__(self) -> Self:
        try:
            for _ in range(self._workers):
                self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.stop()

    def watch(self) -> None:
        """Replace the workers that ended before the work did. Cheap; to be called several times a second.

        Raises:
            SimulationError: workers die without beginning any simulation.
        """
        silent = self._silent()
        for name, job in list(self._jobs.items()):
            status = job.poll()
            if status is None and name not in silent:
                continue
            job.stop()  # hydra ends the other ranks of a dead one; this proves it before their slots are reused
            del self._jobs[name]
            ending = "its heartbeats stopped" if status is None else f"exit status {status}"
            begun = self._lost(name, f"{ending}; its last lines:\n{job.tail}")
            self._barren = 0 if begun else self._barren + 1
            if not self._wanted():
                continue
            if self._barren >= _BARREN:
                raise SimulationError(
                    f"{self._barren} workers in a row ended ({ending}) without beginning a simulation; "
                    f"the last lines of the last one:\n{job.tail}"
                )
            self._start()

    def stop(self) -> None:
        """End all workers; a second interruption does not keep the others from being ended."""
        try:
            while self._jobs:
                next(iter(self._jobs.values())).stop()
                del self._jobs[next(iter(self._jobs))]
        finally:
            if self._jobs:
                self.stop()

    def _start(self) -> None:
        name = f"worker {self._started}"
        self._started += 1
        self._jobs[name] = self._launch(self._command(name), self._ranks)
