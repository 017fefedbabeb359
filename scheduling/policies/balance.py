"""Longest first: equal shares of unequal work for workers that wait for each other.

What is shared out is members of an ensemble among solvers, or sequences among ranks. The cost of a member may grow faster
than its size; then equal sizes are not equal work (the balance scheduler of ByteScale, arXiv 2502.21231, is this idea).
Requests that compete for a server are ordered elsewhere.
"""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from scheduling.occupancy import Floats


class BalanceError(ValueError):
    """There is nothing to balance by; the message says what was found and what is allowed."""


def quadratic_costs(sizes: npt.ArrayLike, linear: float, quadratic: float) -> Floats:
    """(n) linear · s + quadratic · s² for sizes s (n).

    Attention over s tokens costs so.
    """
    sizes = np.asarray(sizes, dtype=np.float64)
    return linear * sizes + quadratic * sizes**2


def longest_first(costs: npt.ArrayLike, workers: int) -> npt.NDArray[np.int64]:
    """Give each member, by descending cost, to the worker that has least so far.

    The most that a worker gets is at most 4/3 - 1/(3 workers) times the least possible (Graham, *Bounds on
    multiprocessing timing anomalies*, 1969).

    Args:
        costs: (n) of members, 0 or more.
        workers: 1 or more.

    Returns:
        (n) the worker of each member.

    Raises:
        BalanceError: a cost is negative or not finite, or there is no worker.
    """
    costs = np.asarray(costs, dtype=np.float64)
    if workers < 1:
        raise BalanceError(f"There are {workers} workers; there must be 1 or more.")
    wrong = np.flatnonzero(~(np.isfinite(costs) & (costs >= 0)))
    if wrong.size:
        raise BalanceError(
            f"The cost of member {wrong[0]} is {costs[wrong[0]]}; it must be a finite number, 0 or more."
        )
    loads = [(0.0, worker) for worker in range(workers)]
    assigned = np.empty(len(costs), np.int64)
    for member in np.argsort(-costs, kind="stable").tolist():
        load, worker = loads[0]
        assigned[member] = worker
        heapq.heapreplace(loads, (load + float(costs[member]), worker))
    return assigned
