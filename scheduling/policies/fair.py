"""Fair shares of what runs now: whoever holds least per weight goes next.

Shares are dominant shares (`Resources.share`), which makes this the progressive filling of DRF (Ghodsi et al.,
2011) and, for equal requests, the fair scheduler of Spark (running tasks per weight). Fair between users, it is
the policy `fair`, first in, first out for each of them; between users and then between the jobs of each, `ujf`
(user-fair pools); between jobs, whoever sent them, `job_fair`.

Bias: only the present counts. Whoever held everything a minute ago and nothing now goes first again, and long
jobs share the machine with short ones, which delays all (`uwfq` runs them one after the other instead).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduling.occupancy import Floats, Occupancy
from scheduling.policies.ranking import Ranking
from scheduling.request import Request

Level = Callable[[Request], tuple[str, ...]]
"""Whom a request counts for."""


def user_of(request: Request) -> tuple[str, ...]:
    """The user."""
    return (request.user,)


def job_of(request: Request) -> tuple[str, ...]:
    """The job of the user; two users may name theirs alike."""
    return (request.user, request.job)


@dataclass(frozen=True)
class Fair:
    """Rank as if requests started one by one, each time one of whoever then holds least per weight."""

    levels: tuple[Level, ...] = (user_of,)
    """Between whom, outermost first."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Of users; 1 where none is given."""

    def __call__(self, arrivals: Sequence[Request], room: Occupancy) -> Ranking:
        """See the class; ties by arrival."""
        shares = room.shares(room.needs(arrivals))
        order = np.arange(len(arrivals))
        keys = np.zeros(len(arrivals))
        # The innermost level sorts each user's requests among themselves; the outer ones, being stable, keep that.
        for level in reversed(self.levels):
            queue = [arrivals[index] for index in order.tolist()]
            keys = self._held_before(queue, shares[order], level, room)
            ascending = np.argsort(keys, kind="stable")
            order, keys = order[ascending], keys[ascending]
        ranked = [arrivals[index] for index in order.tolist()]
        return Ranking(
            ranked, lambda position: f"{ranked[position].user} holds least per weight, {keys[position]:.1%} before it"
        )

    def _held_before(self, queue: Sequence[Request], shares: Floats, level: Level, room: Occupancy) -> Floats:
        """(n) what its owner holds per weight when all that is ahead of a request in its owner's queue has started."""
        held: dict[tuple[str, ...], float] = defaultdict(float)
        for request, share in zip(room.running, room.shares(room.needs(room.running)).tolist(), strict=True):
            held[level(request)] += share
        before = np.empty(len(queue))
        for position, (request, share) in enumerate(zip(queue, shares.tolist(), strict=True)):
            owner = level(request)
            before[position] = held[owner] / self.weights.get(request.user, 1.0)
            held[owner] += share
        return before
