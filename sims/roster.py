"""Who solves which parameter set, and which step of each is owed: bookkeeping without any input or output.

A parameter set is pending, running with one producer, done, or set aside after too many deaths. This is
where a step counts exactly once: only the owed step of a simulation is accepted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from sims.design import Samples

ATTEMPTS: Final = 3
"""Deaths of a producer after which its parameter set is set aside."""


class Verdict(Enum):
    """What to do with a step that arrives."""

    NEW = "count it"
    DUPLICATE = "drop it"
    GAP = "an earlier one is missing"


@dataclass(frozen=True)
class SetAside:
    """A parameter set that no producer survived."""

    simulation: int
    parameters: dict[str, float]
    steps: int
    """How many of its steps arrived; they count."""
    reason: str


class Roster:
    """The parameter sets of a study and where each of them stands.

    Args:
        samples: parameter sets, shape (simulations, parameters).
        names: of the parameters.
        steps: of each simulation.
        done: simulations that an earlier, interrupted run has finished with.
    """

    def __init__(self, samples: Samples, names: Sequence[str], steps: int, done: Iterable[int] = ()) -> None:
        self.samples, self.names, self.steps = samples, tuple(names), steps
        self.owed = np.zeros(len(samples), np.int64)
        """The next step of each simulation."""
        self.owed[list(done)] = steps
        self._pending = deque(np.flatnonzero(self.owed < steps).tolist())
        self._holder: dict[int, bytes] = {}
        self._deaths = np.zeros(len(samples), np.int64)
        self.set_aside: dict[int, SetAside] = {}

    @property
    def finished(self) -> bool:
        """Whether nothing will arrive any more."""
        return not self._pending and not self._holder

    @property
    def complete(self) -> int:
        """Number of simulations of which every step has arrived."""
        return int((self.owed == self.steps).sum())

    def parameters(self, simulation: int) -> dict[str, float]:
        """The parameter set by name."""
        return dict(zip(self.names, self.samples[simulation].tolist(), strict=True))

    def hand_out(self, producer: bytes, simulation: int | None = None) -> int | None:
        """Give the next parameter set, or a named one, to a producer; `None` if it cannot be had."""
        if simulation is None:
            if not self._pending:
                return None
            simulation = self._pending.popleft()
        elif simulation in self._pending:
            self._pending.remove(simulation)
        else:
            return None
        self._holder[simulation] = producer
        return simulation

    def holder(self, simulation: int) -> bytes | None:
        """The producer that runs a simulation now."""
        return self._holder.get(simulation)

    def held_by(self, producer: bytes) -> int | None:
        """The simulation that a producer runs now."""
        return next((simulation for simulation, holder in self._holder.items() if holder == producer), None)

    def judge(self, simulation: int, step: int) -> Verdict:
        """Whether this step is the owed one."""
        owed = int(self.owed[simulation])
        if step == owed < self.steps:
            return Verdict.NEW
        return Verdict.DUPLICATE if step < owed else Verdict.GAP

    def arrived(self, simulation: int) -> None:
        """The owed step of a simulation has arrived; with the last one the producer is free."""
        self.owed[simulation] += 1
        if self.owed[simulation] == self.steps:
            del self._holder[simulation]

    def release(self, producer: bytes, death: str | None = None) -> int | None:
        """Take back what a producer holds, to be handed out next; return it, or `None`.

        Args:
            producer: who gives back.
            death: why it died; `None` if it left in good order. After `ATTEMPTS` deaths the set is put aside.
        """
        simulation = self.held_by(producer)
        if simulation is None:
            return None
        del self._holder[simulation]
        self._deaths[simulation] += death is not None
        if self._deaths[simulation] < ATTEMPTS:
            self._pending.appendleft(simulation)
        else:
            steps = int(self.owed[simulation])
            self.set_aside[simulation] = SetAside(simulation, self.parameters(simulation), steps, death or "")
        return simulation
