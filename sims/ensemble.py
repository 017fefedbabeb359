"""The workers of a study: started, watched, started again when they die, more or fewer, and always stopped.

Which parameter set goes to whom is `sims.roster`, how many workers are needed is `sims.steering`; here are only
processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

from sims.launch import MpiJob, default_mpiexec
from sims.slurm import launch_on_slurm
from sims.solver import SimulationError
from sims.steering import Steering

_BARREN: Final = 3
"""Workers that may die in a row without having begun any simulation."""


class Job(Protocol):
    """A started MPI program."""

    @property
    def tail(self) -> str:
        """The last lines that it printed."""
        ...

    @property
    def seconds(self) -> float:
        """For how long its ranks have run."""
        ...

    def poll(self) -> int | None:
        """Its exit status, or `None` while it runs."""
        ...

    def stop(self) -> None:
        """End it with everything below it; returns when nothing of it is left."""
        ...


class Launch(Protocol):
    """How an MPI program is started: `python argv…`, or an executable file, on that many ranks."""

    def __call__(self, argv: Sequence[str], ranks: int) -> Job:
        """Start it."""
        ...


def launch_locally(argv: Sequence[str], ranks: int, *, options: Sequence[str] = ()) -> MpiJob:
    """Start it on this machine, with MILLRACE_MPIEXEC or else `sims.launch.default_mpiexec`.

    Args:
        argv: the program, as `sims.launch.program_of` understands it.
        ranks: number of MPI ranks.
        options: further ones of `mpiexec`.
    """
    return MpiJob(argv, ranks, mpiexec=os.environ.get("MILLRACE_MPIEXEC") or default_mpiexec(), options=options)


class NamedLaunch(Protocol):
    """A launcher with options of its own."""

    def __call__(self, argv: Sequence[str], ranks: int, *, options: Sequence[str] = ()) -> Job:
        """Start it."""
        ...


LAUNCHERS: Final[Mapping[str, NamedLaunch]] = {"local": launch_locally, "slurm": launch_on_slurm}
"""How workers are started: by `mpiexec` on this machine, or each as a job of Slurm."""


class Ensemble:
    """The workers of a study; as a context it stops them all on the way out, whatever happened.

    Args:
        launch: starts a worker.
        command: the arguments of a worker of that name.
        ranks: MPI ranks of a worker.
        workers: how many run side by side, or what steers their number; steered, it begins with the most.
        unseen: fraction of the reservoir that was never drawn, for the steering; `None` before training has begun.
        lost: told the name of a worker that ended and why; says whether it ever began a simulation.
        silent: names of workers that hang; they are killed and replaced.
        wanted: whether there is work left.
        retire: told the name of a worker that is one too many; it gets nothing more to do, and ends by itself.
        budget_s: rank-seconds (seconds of a worker times its ranks) that all workers together may take.
        spent_s: what interrupted runs have taken of it.
        close: told once that the budget is used up. What runs may end; nobody is started any more.
    """

    def __init__(
        self,
        launch: Launch,
        command: Callable[[str], Sequence[str]],
        *,
        ranks: int,
        workers: int | Steering,
        lost: Callable[[str, str], bool],
        silent: Callable[[], Collection[str]],
        wanted: Callable[[], bool],
        unseen: Callable[[], float | None] = lambda: None,
        retire: Callable[[str], None] = lambda _name: None,
        budget_s: float | None = None,
        spent_s: float = 0.0,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._launch, self._command, self._ranks = launch, command, ranks
        self._steering = workers if isinstance(workers, Steering) else None
        self._number = workers.most if isinstance(workers, Steering) else workers
        self._lost, self._silent, self._wanted = lost, silent, wanted
        self._unseen, self._retire, self._close = unseen, retire, close
        self._budget_s, self._past_s = budget_s, spent_s
        self._jobs: dict[str, Job] = {}
        self._retired: set[str] = set()
        self._started = self._barren = 0
        self._closed = False
        self.restarts = 0
        """Workers that were started in place of one that ended early."""

    @property
    def running(self) -> int:
        """Workers that are not on their way out."""
        return len(self._jobs.keys() - self._retired)

    @property
    def spent_s(self) -> float:
        """Rank-seconds that workers have taken, those of interrupted runs included."""
        return self._past_s + self._ranks * sum(job.seconds for job in self._jobs.values())

    def __enter__(self) -> Self:
        try:
            self._adjust()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.stop()

    def watch(self) -> None:
        """Replace who ended before the work did, and adjust the number. Cheap; to be called several times a second.

        Raises:
            SimulationError: workers die without beginning any simulation.
        """
        if self._budget_s is not None and not self._closed and self.spent_s >= self._budget_s:
            self._closed = True
            self._close()
        silent = self._silent()
        for name, job in list(self._jobs.items()):
            status = job.poll()
            if status is not None or name in silent:
                self._bury(name, job, status)
        if self._steering is not None:
            self._number = self._steering.number(self._unseen(), self._number, time.monotonic())
        self._adjust()

    def stop(self) -> None:
        """End all workers; a second interruption does not keep the others from being ended."""
        try:
            while self._jobs:
                name, job = next(iter(self._jobs.items()))
                job.stop()
                self._forget(name, job)
        finally:
            if self._jobs:
                self.stop()

    def _bury(self, name: str, job: Job, status: int | None) -> None:
        job.stop()  # hydra ends the other ranks of a dead one; this proves it before their slots are reused
        retired = name in self._retired
        self._forget(name, job)
        ending = "it made no sign of progress" if status is None else f"exit status {status}"
        begun = self._lost(name, f"{ending}; its last lines:\n{job.tail}")
        if retired or self._closed or not self._wanted():
            return
        self._barren = 0 if begun else self._barren + 1
        if self._barren >= _BARREN:
            raise SimulationError(
                f"{self._barren} workers in a row ended ({ending}) without beginning a simulation; "
                f"the last lines of the last one:\n{job.tail}"
            )
        self.restarts += 1

    def _adjust(self) -> None:
        """Start whoever is missing, or let the newest go that is one too many."""
        while self.running < self._number and not self._closed and self._wanted():
            name = f"worker {self._started}"
            self._started += 1
            self._jobs[name] = self._launch(self._command(name), self._ranks)
        while self.running > self._number:
            name = next(name for name in reversed(self._jobs) if name not in self._retired)
            self._retired.add(name)
            self._retire(name)

    def _forget(self, name: str, job: Job) -> None:
        self._past_s += self._ranks * job.seconds
        self._retired.discard(name)
        del self._jobs[name]
