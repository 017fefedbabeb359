"""Who solves which parameter set, and which step of each is owed: bookkeeping without any input or output.

A parameter set is pending, running with one producer, complete, or set aside after too many deaths. This is
where a step counts exactly once: in this run, and over all interrupted runs of the same study before it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sims.design import Samples

ATTEMPTS: Final = 3
"""Deaths of a producer after which its parameter set is set aside, unless told otherwise."""


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

    A producer goes through the steps of a simulation in order, from the owed one or an earlier one. So what has
    arrived is everything before the owed step, and beyond it only what an interrupted run has used.

    Args:
        samples: parameter sets, shape (simulations, parameters).
        names: of the parameters.
        steps: of each simulation.
        share: the simulations that are handed out here; by default all. Several trainer ranks share a design.
        done: simulations that interrupted runs have finished with.
        partial: steps of others that they have used, each of shape (steps,).
        attempts: deaths of a producer after which its parameter set is set aside.
    """

    def __init__(
        self,
        samples: Samples,
        names: Sequence[str],
        steps: int,
        *,
        share: Iterable[int] | None = None,
        done: Iterable[int] = (),
        partial: Mapping[int, npt.NDArray[np.bool_]] | None = None,
        attempts: int = ATTEMPTS,
    ) -> None:
        self.samples, self.names, self.steps = samples, tuple(names), steps
        self._share = sorted(set(range(len(samples)) if share is None else share))
        self._attempts = attempts
        self.owed = np.zeros(len(samples), np.int64)
        """The first step of each simulation that is still needed; of those outside the share, 0."""
        self.owed[list(set(done).intersection(self._share))] = steps
        unfinished = [s for s in self._share if self.owed[s] < steps]
        self._had = {s: np.array(partial[s], bool) for s in unfinished if s in partial} if partial else {}
        for simulation in self._had:
            self.owed[simulation] = self._first_needed(simulation, 0)
        self.complete = int((self.owed[self._share] == steps).sum())
        """Number of simulations of the share of which every step has arrived."""
        self._pending = deque(s for s in unfinished if self.owed[s] < steps)
        self._holder: dict[int, bytes] = {}
        self._kept: dict[int, tuple[int, bytes]] = {}
        self._deaths = np.zeros(len(samples), np.int64)
        self.set_aside: dict[int, SetAside] = {}
        self.closed = False
        """Whether nothing is handed out any more, because the budget is used up."""

    @property
    def finished(self) -> bool:
        """Whether nothing new will arrive any more."""
        return (self.closed or not self._pending) and all(self.owed[s] == self.steps for s in self._holder)

    def parameters(self, simulation: int) -> dict[str, float]:
        """The parameter set by name."""
        return dict(zip(self.names, self.samples[simulation].tolist(), strict=True))

    def hand_out(self, producer: bytes, simulation: int | None = None) -> int | None:
        """Give the next parameter set, or a named one, to a producer; `None` if it cannot be had."""
        if self.closed:
            return None
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
        """The simulation that a producer runs now; also a complete one, until it is released."""
        return next((simulation for simulation, holder in self._holder.items() if holder == producer), None)

    def arrive(self, simulation: int, step: int, count: int) -> npt.NDArray[np.bool_]:
        """Note the arrival of consecutive steps; the first of them must not lie beyond the owed one.

        Args:
            simulation: whose steps they are.
            step: the first of them.
            count: how many.

        Returns:
            Which of them are new, shape (count,). The others are duplicates, to be dropped.
        """
        end, had = step + count, self._had.get(simulation)
        new: npt.NDArray[np.bool_] = np.arange(step, end) >= self.owed[simulation]
        if had is not None:
            new &= ~had[step:end]
        if end > self.owed[simulation]:
            self.owed[simulation] = self._first_needed(simulation, end)
            if self.owed[simulation] == self.steps:
                self.complete += 1
                self._kept.pop(simulation, None)
        return new

    def received(self, simulation: int) -> npt.NDArray[np.bool_]:
        """Which steps have arrived in this run or were used in an earlier one, shape (steps,)."""
        received: npt.NDArray[np.bool_] = np.arange(self.steps) < self.owed[simulation]
        if simulation in self._had:
            received |= self._had[simulation]
        return received

    def keep(self, simulation: int, step: int, state: bytes) -> None:
        """Keep the solver's state right after a step, so that another producer can go on from there.

        A state from beyond the owed step is not kept: going on from it would leave steps out.
        """
        if step < self.owed[simulation] < self.steps:
            self._kept[simulation] = (step, state)

    def kept(self, simulation: int) -> tuple[int, bytes] | None:
        """The step and the state to go on from, if there is one."""
        return self._kept.get(simulation)

    def release(self, producer: bytes, death: str | None = None) -> None:
        """Take back what a producer holds, to be handed out next.

        Args:
            producer: who gives back.
            death: why it died; `None` if it left in good order. A set that was died on too often is put aside.
        """
        simulation = self.held_by(producer)
        if simulation is None:
            return
        del self._holder[simulation]
        if self.owed[simulation] == self.steps:
            return
        self._deaths[simulation] += death is not None
        if self._deaths[simulation] < self._attempts:
            self._pending.appendleft(simulation)
        else:
            steps = int(self.received(simulation).sum())
            self.set_aside[simulation] = SetAside(simulation, self.parameters(simulation), steps, death or "")
            self._kept.pop(simulation, None)

    def close(self) -> None:
        """Hand out nothing more; what runs may end."""
        self.closed = True

    def _first_needed(self, simulation: int, step: int) -> int:
        """The first step from `step` on that no earlier run has used."""
        had = self._had.get(simulation)
        if had is None:
            return step
        missing = np.flatnonzero(~had[step:])
        return step + int(missing[0]) if len(missing) else self.steps
