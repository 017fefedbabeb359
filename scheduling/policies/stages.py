"""A policy is composed of stages: order, split, admit, place.

*Order* ranks what waits. *Split* says what shall first be cut into pieces. *Admit* says how far down the ranking
starts reach now. *Place* picks the server of each start. Each stage is a function (an object, if it keeps
something) in a file of its own; this file holds their signatures and the composition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from scheduling.occupancy import Occupancy
from scheduling.policies.in_order import in_order
from scheduling.policies.place import Place, first_fit
from scheduling.policies.ranking import Ranking
from scheduling.request import Decision, Request, View

Order = Callable[[Sequence[Request], Occupancy], Ranking]
"""Ranks requests that could start; they come in order of arrival, so that a stable sort breaks ties by it."""
Split = Callable[[Request], int]
"""Number of pieces to cut a request into; 1 leaves it whole."""
Admit = Callable[[Ranking, Occupancy, Place], list[Decision]]
"""Decides about all requests of a ranking, in its order."""


@dataclass(frozen=True)
class Stages:
    """The policy that its stages make; follows `scheduling.request.Policy`."""

    order: Order
    admit: Admit = in_order
    place: Place = first_fit
    split: Split | None = None

    def decide(self, view: View) -> tuple[Decision, ...]:
        """Starts, splits and waits in the order of service, then what waits for others, then what is impossible."""
        room = Occupancy(view)
        arrivals = sorted(view.waiting, key=attrgetter("submitted", "id"))
        arrivals, dependent = _without_dependent(arrivals, view)
        possible = room.possible(room.needs(arrivals)).tolist()
        rejected = [
            Decision(request, "reject", room.impossible_reason(request))
            for request, can_start in zip(arrivals, possible, strict=True)
            if not can_start
        ]
        if rejected:
            arrivals = [request for request, can_start in zip(arrivals, possible, strict=True) if can_start]
        ranking = self.order(arrivals, room)
        ranking, cut = self._cut(ranking)
        return (*cut, *self.admit(ranking, room, self.place), *dependent, *rejected)

    def _cut(self, ranking: Ranking) -> tuple[Ranking, list[Decision]]:
        if self.split is None or all(request.divisible == 1 for request in ranking.requests):
            return ranking, []
        pieces = [self.split(request) for request in ranking.requests]
        cut = [
            Decision(request, "split", f"Cut into {count}, it holds others up less.", pieces=count)
            for request, count in zip(ranking.requests, pieces, strict=True)
            if count > 1
        ]
        return ranking.keep([position for position, count in enumerate(pieces) if count == 1]), cut


def _without_dependent(arrivals: list[Request], view: View) -> tuple[list[Request], list[Decision]]:
    """Set aside the requests one of whose predecessors has not ended."""
    if not any(request.predecessors for request in arrivals):
        return arrivals, []
    unfinished = {request.id for request in arrivals} | {running.request.id for running in view.running}
    ready, dependent = [], []
    for request in arrivals:
        missing = [name for name in request.predecessors if name in unfinished]
        if missing:
            reason = f"It needs what {missing[0]} makes, which has not ended."
            dependent.append(Decision(request, "wait", reason))
        else:
            ready.append(request)
    return ready, dependent
