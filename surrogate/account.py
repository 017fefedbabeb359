"""What the trainer ranks of a study tell each other: sums before every step, and what each leaves in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Self

from sims.roster import SetAside
from surrogate.group import Group
from surrogate.slots import Counters


@dataclass(frozen=True)
class Account:
    """What one rank has at a moment, or all of them together."""

    samples: int
    """In the batches at hand."""
    running: int
    """Ranks for which more will come; 0 with 0 samples: the study is over."""
    save: int
    """Whether a checkpoint is due: not 0."""
    complete: int
    """Simulations of which every step has arrived."""
    workers: int
    """That run."""
    solver_seconds: int
    """Seconds of all solver ranks together, those of interrupted runs included."""
    counters: Counters

    def summed(self, group: Group) -> Self:
        """The sum over all ranks; every rank must call."""
        if group.size == 1:
            return self
        head = [getattr(self, field.name) for field in fields(self)[:-1]]
        numbers = [int(number) for number in group.sum([float(value) for value in (*head, *astuple(self.counters))])]
        samples, running, save, complete, workers, solver_seconds, *counters = numbers
        return type(self)(samples, running, save, complete, workers, solver_seconds, Counters(*counters))


@dataclass(frozen=True)
class Outcome:
    """What one rank leaves, or all of them together."""

    complete: int
    """Simulations of which every step has arrived, in this run or before."""
    resumed: int
    """Of them, those that an interrupted run had finished with."""
    failed: tuple[SetAside, ...]
    not_run: int
    restarts: int
    solver_hours: float
    counters: Counters
    produced: int
    """Fields that arrived in this run."""
    trained: int
    """Samples trained on in this run, repeated ones included."""
    waited: float
    """Seconds of training in which there was no batch; the mean of the ranks."""
    seconds: float
    """Of training; the longest of the ranks."""

    @classmethod
    def together(cls, parts: Sequence[Self]) -> Self:
        """Of all ranks."""
        return cls(
            complete=sum(part.complete for part in parts),
            resumed=sum(part.resumed for part in parts),
            failed=tuple(aside for part in parts for aside in part.failed),
            not_run=sum(part.not_run for part in parts),
            restarts=sum(part.restarts for part in parts),
            solver_hours=sum(part.solver_hours for part in parts),
            counters=Counters(*map(sum, zip(*(astuple(part.counters) for part in parts), strict=True))),
            produced=sum(part.produced for part in parts),
            trained=sum(part.trained for part in parts),
            waited=sum(part.waited for part in parts) / len(parts),
            seconds=max(part.seconds for part in parts),
        )
