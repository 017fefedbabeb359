"""Deadlines within fair shares: what must start now to end in time goes first, as far as its user's share reaches.

Any other order says who goes next; here, requests move to its front whose latest start (deadline less run time) has
come, among them by modified due date, max(now + p, d) (`mdd`). A user's requests do so only while the user holds no
more than its share of the machine, one request where it holds nothing. So a deadline arranges what a user is entitled
to anyway, and whoever gives every request one gains nothing over the others.

Bias: deadlines of users who hold much already are missed. What has no deadline is due a day after its submission
(`columns`), so that nothing waits for ever behind the deadlines of others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from scheduling.occupancy import Occupancy
from scheduling.policies.columns import due_dates, processing_times
from scheduling.policies.ranking import Ranking
from scheduling.policies.stages import Order
from scheduling.request import Request
from scheduling.resources import SLACK


class Urgent:
    """Moves urgent requests to the front of another order; a stage *order* of `stages`.

    Args:
        order: of the others, and of the urgent ones that go beyond the share of their user.
        weights: of users; 1 where none is given.
        lead: seconds before its latest start from which a request is urgent, as a release takes some time.
    """

    def __init__(self, order: Order, weights: Mapping[str, float] | None = None, lead: float = 15.0) -> None:
        self._order = order
        self._weights = weights or {}
        self._lead = lead

    def __call__(self, arrivals: Sequence[Request], room: Occupancy) -> Ranking:
        """See the class."""
        ranking = self._order(arrivals, room)
        front = self._front(ranking.requests, room)
        if not front:
            return ranking
        positions = [*front, *sorted(set(range(len(ranking.requests))) - set(front))]
        return Ranking(
            [ranking.requests[position] for position in positions],
            lambda place: (
                "it must start now to end by its deadline, within the share of its user"
                if place < len(front)
                else ranking.why(positions[place])
            ),
        )

    def _front(self, requests: Sequence[Request], room: Occupancy) -> list[int]:
        """Positions of the urgent requests that stay within the shares of their users, most urgent first."""
        seconds, due = processing_times(requests), due_dates(requests)
        urgent = np.flatnonzero(due - seconds <= room.now + self._lead)
        if not len(urgent):
            return []
        ranked = urgent[np.lexsort((urgent, np.maximum(room.now + seconds, due)[urgent]))].tolist()
        shares = room.shares(room.needs(requests))
        entitled, held = self._entitled(requests, room), self._held(room)
        front = []
        for position in ranked:
            user, share = requests[position].user, float(shares[position])
            if not held[user] or held[user] + share <= entitled[user] + SLACK:
                held[user] += share
                front.append(position)
        return front

    def _entitled(self, requests: Sequence[Request], room: Occupancy) -> dict[str, float]:
        """Part of the machine of each user who waits or works."""
        weights = {
            request.user: self._weights.get(request.user, 1.0)
            for request in [*requests, *room.running]
            if request.estimate != 0  # what takes no time needs no share
        }
        total = sum(weights.values()) or 1.0
        return defaultdict(float, {user: weight / total for user, weight in weights.items()})

    def _held(self, room: Occupancy) -> dict[str, float]:
        """Dominant shares that the running requests of each user hold together."""
        held: dict[str, float] = defaultdict(float)
        for request, share in zip(room.running, room.shares(room.needs(room.running)).tolist(), strict=True):
            held[request.user] += share
        return held
