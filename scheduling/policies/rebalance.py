"""Rebalancing: move running work from full servers to empty ones.

Servers are sorted by load and paired by rank, the fullest with the emptiest; a pair moves the request that makes its
loads most alike, if the fuller one stays the fuller one. So two servers never swap a request back and forth. This is
the balanced rule for instances of a language model in Llumnix (arXiv 2406.03243, as its authors coded it).

Bias: one move a pair and round, and no look at what a move costs; only what says that it is `movable` is moved.
"""

from __future__ import annotations

import numpy as np

from scheduling.occupancy import Floats, Occupancy
from scheduling.request import Decision, Request


def balanced_pairs(room: Occupancy) -> list[Decision]:
    """At most one move for each pair of servers."""
    loads = _load(room.free, room.capacity)
    fullest = np.argsort(-loads, kind="stable").tolist()
    moves = []
    for high, low in zip(fullest[: len(fullest) // 2], reversed(fullest), strict=False):
        source, target = room.servers[high].name, room.servers[low].name
        gaps = {
            run.request: _gap(run.request, high, low, room)
            for run in room.runs
            if run.server == source and run.request.movable
        }
        best = min(gaps, key=gaps.__getitem__, default=None)
        if best is not None and gaps[best] < loads[high] - loads[low]:
            reason = f"{source} is held to {loads[high]:.0%}, {target} to {loads[low]:.0%}; this makes them more alike."
            moves.append(Decision(best, "move", reason, target, room.now))
    return moves


def _gap(request: Request, high: int, low: int, room: Occupancy) -> float:
    """By how much the load of `high` exceeds that of `low` once it is moved; infinite if it must not be moved."""
    need = room.needs([request])[0]
    if not room.fitting(need)[low]:
        return np.inf
    free = np.stack([room.free[high] + need, room.free[low] - need])
    after = _load(free, room.capacity[[high, low]])
    gap = float(after[0] - after[1])
    return gap if gap >= 0 else np.inf


def _load(free: Floats, capacity: Floats) -> Floats:
    """(s) largest fraction of any one resource that is held, of free and capacity (s, r)."""
    held = np.divide(capacity - free, capacity, out=np.zeros_like(capacity), where=capacity > 0)
    return np.asarray(held.max(axis=1, initial=0.0))
