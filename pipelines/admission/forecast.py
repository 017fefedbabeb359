"""When those who wait will probably start: in the order of the plan, each when enough has ended.

This is an expectation, not a promise: nobody is let pass, which the policy may do, and what has no estimate is taken
to last `ASSUMED_SECONDS`. The next in the queue has the reservation of the policy itself.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Sequence

from scheduling.policies.columns import ASSUMED_SECONDS
from scheduling.request import Request, Running
from scheduling.resources import Resources


def expected_starts(
    waiting: Sequence[Request], running: Iterable[Running], total: Resources, now: float
) -> list[float | None]:
    """When each starts, seconds of the caller's clock; `None` once something holds enough without an end."""
    tie = itertools.count()
    ends: list[tuple[float, int, Resources]] = []
    held: dict[str, float] = {}
    for run in running:
        _add(held, run.request.needs, 1)
        if run.ends is not None:
            heapq.heappush(ends, (max(run.ends, now), next(tie), run.request.needs))
    starts: list[float | None] = []
    clock = now
    for request in waiting:
        while not request.needs.fits(_left(total, held)):
            if not ends:
                return starts + [None] * (len(waiting) - len(starts))
            clock, _, freed = heapq.heappop(ends)
            _add(held, freed, -1)
        starts.append(clock)
        _add(held, request.needs, 1)
        seconds = ASSUMED_SECONDS if request.estimate is None else request.estimate
        heapq.heappush(ends, (clock + seconds, next(tie), request.needs))
    return starts


def _add(held: dict[str, float], needs: Resources, sign: int) -> None:
    for name, amount in needs.items():
        held[name] = held.get(name, 0.0) + sign * amount


def _left(total: Resources, held: dict[str, float]) -> Resources:
    return Resources(**{name: max(0.0, amount - held.get(name, 0.0)) for name, amount in total.items()})
