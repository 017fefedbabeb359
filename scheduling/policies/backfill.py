"""Backfilling: what fits beside a reservation for the first request that does not fit starts before it.

This is EASY backfilling (Lifka, The ANL/IBM SP scheduling system, 1995) on vectors of resources. The head of the
ranking is promised the earliest time at which enough will be free on some server. A later request may start now if
on that server it ends by then, or leaves enough for the head then. So it never delays the head, given that nothing
runs longer than expected; what has no estimate is taken to be endless, and then only the second condition helps.

Bias: short and small requests overtake. Only the head has a promise; it is the ranking that must see to it that
everyone becomes the head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from scheduling.occupancy import Bools, Floats, Occupancy
from scheduling.policies.in_order import expected_seconds, hold_head, start_prefix
from scheduling.policies.place import Place
from scheduling.policies.ranking import Ranking
from scheduling.request import Decision, Request

BLOCK: Final = 512
"""Requests compared with what is free at once; few enough that the comparison is not stale for long."""


def backfill(ranking: Ranking, room: Occupancy, place: Place) -> list[Decision]:
    """Start the longest prefix that fits, promise the next its time, and start what does not break the promise."""
    decisions = start_prefix(ranking, room, place)
    head = len(decisions)
    if head < len(ranking.requests):
        beside = _Beside(ranking.requests[head], room, place)
        decisions.append(hold_head(ranking, head, room, beside.promise))
        decisions += beside.decide(ranking.requests[head + 1 :])
    return decisions


class _Beside:
    """Decides about requests that come after the head of the ranking, without delaying the head."""

    def __init__(self, head: Request, room: Occupancy, place: Place) -> None:
        self._room = room
        self._place = place
        self.promise = room.reserve(room.needs([head])[0])
        name = room.servers[self.promise.server].name
        self._too_little = f"It goes after {head.id}, and what is free now does not suffice for it."
        self._delays = f"It goes after {head.id}, whose start on {name} it would delay."
        self._starts = f"It goes after {head.id}, but does not delay its start on {name}."

    def decide(self, requests: Sequence[Request]) -> Iterator[Decision]:
        for start in range(0, len(requests), BLOCK):
            block = requests[start : start + BLOCK]
            needs = self._room.needs(block)
            seconds = np.array([expected_seconds(request) for request in block])
            outlasts = self._outlasts(seconds)
            # Room only shrinks: what is not allowed here will not be allowed further down.
            fits = self._room.fitting(needs)
            allowed = np.asarray(self._harmless(fits, needs, outlasts).any(axis=1)).tolist()
            too_little = np.asarray(~fits.any(axis=1)).tolist()
            for index, request in enumerate(block):
                server = self._start(needs[index], seconds[index]) if allowed[index] else None
                if server is not None:
                    yield Decision(request, "start", self._starts, server, self._room.now)
                else:
                    yield Decision(request, "wait", self._too_little if too_little[index] else self._delays)

    def _outlasts(self, seconds: Floats) -> Bools:
        """(n) whether run times (n) would reach beyond the start of the head on its server; unknown ones always do."""
        ends = self._room.now + seconds / self._room.speed[self.promise.server]
        return np.asarray((ends > self.promise.time) | np.isinf(ends))

    def _harmless(self, fits: Bools, needs: Floats, outlasts: Bools) -> Bools:
        """(n, s) where requests fit (n, s) and do not delay the head; needs (n, r), outlasts (n)."""
        harmless = fits.copy()
        harmless[:, self.promise.server] &= ~outlasts | (needs <= self.promise.spare).all(axis=1)
        return harmless

    def _start(self, need: Floats, seconds: np.float64) -> str | None:
        """Start what needs `need` (r) for some seconds where it is still allowed, and say where."""
        room, promise = self._room, self.promise
        needs, outlasts = need[None], self._outlasts(np.array([seconds]))
        allowed = self._harmless(room.fitting(needs), needs, outlasts)[0]
        if not allowed.any():
            return None
        server = self._place(need, allowed, room)
        room.take(server, need, room.now + float(seconds / room.speed[server]))
        if server == promise.server and outlasts[0]:
            promise.spare = promise.spare - need
        return room.servers[server].name
