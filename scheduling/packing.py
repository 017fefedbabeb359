"""Packing by constraint programming: the best placement of requests on servers that a time limit allows to find.

*Priority Matters*, arXiv 2511.08373, with the solver CP-SAT of OR-Tools. For the priorities from high to low, each
time over all requests of at least that priority: first as many as possible are placed, then as few as possible of
those that run already are disturbed (kept 0, evicted 1, moved 2). What a priority has reached is a constraint for
all below it, so nothing is ever traded for a lower priority. Unlike in the paper no request has to be placed: that
there is nothing better is a result too, with a proof or without.

Axes: n requests, s servers, r resources. When this is worth its time is `policies.packing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from scheduling.occupancy import Bools, Floats

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpSolver

Ints = npt.NDArray[np.int64]

NOWHERE: Final = -1
"""The server of a request that runs on none."""
UNITS: Final = 1000
"""The solver counts whole thousandths of a resource; finer needs are rounded up, finer capacities down."""
ROUNDING: Final = 1e-6
"""Of a thousandth: sums of fractions are not exact in floating point."""
GUARANTEED: Final = 0.6
"""Of the time, equally for every priority; the rest is for whichever comes first. The paper's split."""


@dataclass(frozen=True)
class Problem:
    """What is to be placed where."""

    needs: Floats
    """(n, r)"""
    capacity: Floats
    """(s, r) free for these requests; what must stay where it runs is none of them, and is taken off."""
    priority: Ints
    """(n) higher is more important."""
    origin: Ints
    """(n) the server on which it runs now, or `NOWHERE`."""

    @cached_property
    def tiers(self) -> list[Bools]:
        """Masks (n) of the requests of at least each priority, highest first."""
        return [self.priority >= priority for priority in np.unique(self.priority)[::-1]]

    def left_out(self, tier: Bools) -> Ints:
        """(n, s) what each placement costs, so that the sum is least when most of a tier are placed."""
        return np.where(tier[:, None], -1, np.zeros((len(tier), len(self.capacity)), np.int64))

    def disruption(self, tier: Bools) -> Ints:
        """(n, s) what each placement costs those of a tier that run, less what eviction costs: moved 1, kept -1."""
        kept = self.origin[:, None] == np.arange(len(self.capacity))
        return np.where((tier & (self.origin != NOWHERE))[:, None], np.where(kept, -1, 1), 0)

    def score(self, placement: Ints) -> tuple[tuple[int, int], ...]:
        """For each tier the number of placed requests and minus the disruption; the larger tuple is better.

        Args:
            placement: (n) servers, or `NOWHERE`.
        """
        runs, placed = self.origin != NOWHERE, placement != NOWHERE
        disruption = np.where(runs & (placement != self.origin), 1 + placed, 0)
        return tuple((int(placed[tier].sum()), -int(disruption[tier].sum())) for tier in self.tiers)


@dataclass(frozen=True)
class Packing:
    """What the solver found."""

    placement: Ints
    """(n) servers, or `NOWHERE`; never worse than what was known before."""
    proven: bool
    """Whether nothing better exists."""
    timed_out: bool
    """Whether some stage found no placement at all in its time, so that what was known stood."""


def pack(problem: Problem, known: Ints, seconds: float) -> Packing:
    """Search for the best placement.

    Args:
        problem: see there.
        known: (n) a placement that fits; the search begins there.
        seconds: time limit of the solver in all. What is found before it is the same every time; what a limit cuts
            off is not.
    """
    model = _Model(problem)
    budget = _Budget(seconds, len(problem.tiers))
    placement, proven, timed_out = known, True, False
    for number, tier in enumerate(problem.tiers):
        after = len(problem.tiers) - number - 1
        stages = [(problem.left_out(tier), 0.5)]
        # Where nothing runs, nothing can be disturbed.
        if (problem.origin[tier] != NOWHERE).any():
            stages.append((problem.disruption(tier), 1.0))
        for costs, part in stages:
            result = model.least(costs, placement, part * budget.share(after))
            budget.left -= result.seconds
            placement = result.placement
            proven &= result.proven
            timed_out |= not result.found
    return Packing(placement, proven, timed_out)


class _Budget:
    """Time of the solver: what one priority does not use is there for the next."""

    def __init__(self, seconds: float, tiers: int) -> None:
        self.left = seconds
        self._guaranteed = GUARANTEED * seconds / tiers

    def share(self, after: int) -> float:
        """What a priority may use now if `after` more come after it, seconds."""
        return max(0.0, self.left - after * self._guaranteed)


@dataclass(frozen=True)
class _Result:
    placement: Ints
    found: bool
    proven: bool
    seconds: float


class _Model:
    """The problem as integer variables: whether request i is on server j."""

    def __init__(self, problem: Problem) -> None:
        from ortools.sat.python import cp_model

        self._sat = cp_model
        self._model = cp_model.CpModel()
        self._problem = problem
        needs = np.ceil(problem.needs * UNITS - ROUNDING).astype(np.int64)
        capacity = np.floor(problem.capacity * UNITS + ROUNDING).astype(np.int64)
        fits: Bools = np.asarray((needs[:, None] <= capacity[None]).all(axis=-1))
        self._on = {(request, server): self._model.new_bool_var("") for request, server in np.argwhere(fits).tolist()}
        for request in range(len(needs)):
            self._model.add_at_most_one(self._on[request, server] for server in np.flatnonzero(fits[request]).tolist())
        for server, available in enumerate(capacity.tolist()):
            here = np.flatnonzero(fits[:, server]).tolist()
            variables = [self._on[request, server] for request in here]
            for resource, limit in enumerate(available if here else ()):
                held = self._sat.LinearExpr.weighted_sum(variables, needs[here, resource].tolist())
                self._model.add(held <= limit)

    def least(self, costs: Ints, known: Ints, seconds: float) -> _Result:
        """Make the sum of costs (n, s) of what is placed small, from a known placement on, and keep it so from now on."""
        self._model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools forgot its annotation
        for (request, server), variable in self._on.items():
            self._model.add_hint(variable, bool(known[request] == server))
        total = self._sat.LinearExpr.weighted_sum(
            list(self._on.values()), [int(costs[request, server]) for request, server in self._on]
        )
        self._model.minimize(total)
        solver = self._sat.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        # One worker finds the same every time, and leaves the other cores to what is scheduled.
        solver.parameters.num_workers = 1
        status = solver.solve(self._model)
        proven, found = status == self._sat.OPTIMAL, status in {self._sat.OPTIMAL, self._sat.FEASIBLE}
        placement = self._read(solver) if found else known
        placed = np.flatnonzero(placement != NOWHERE)
        reached = int(costs[placed, placement[placed]].sum())
        self._model.add(total == reached if proven else total <= reached)
        return _Result(placement, found, proven, solver.wall_time)

    def _read(self, solver: CpSolver) -> Ints:
        placement = np.full(len(self._problem.needs), NOWHERE)
        for (request, server), variable in self._on.items():
            if solver.boolean_value(variable):
                placement[request] = server
        return placement
