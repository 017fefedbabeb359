"""Admission in strict order: the longest prefix of the ranking that fits starts.

Bias: nobody is overtaken. A large request at the head holds back small ones behind it that would fit, so
resources may stand idle; `backfill` uses them.
"""

from __future__ import annotations

import math

from scheduling.occupancy import Occupancy, Reservation
from scheduling.policies.place import Place
from scheduling.policies.ranking import Ranking
from scheduling.request import Decision, Request


def in_order(ranking: Ranking, room: Occupancy, place: Place) -> list[Decision]:
    """Start the longest prefix that fits; the first that does not gets a reservation, and the others wait for it."""
    decisions = start_prefix(ranking, room, place)
    if len(decisions) < len(ranking.requests):
        head = ranking.requests[len(decisions)]
        decisions.append(hold_head(ranking, len(decisions), room, room.reserve(room.needs([head])[0])))
        reason = f"{head.id} goes before it and still waits."
        decisions += [Decision(request, "wait", reason) for request in ranking.requests[len(decisions) :]]
    return decisions


def start_prefix(ranking: Ranking, room: Occupancy, place: Place) -> list[Decision]:
    """Start requests in order until one does not fit."""
    decisions: list[Decision] = []
    for position, (request, need) in enumerate(zip(ranking.requests, room.needs(ranking.requests), strict=True)):
        fitting = room.fitting(need)
        if not fitting.any():
            break
        server = place(need, fitting, room)
        room.take(server, need, room.now + expected_seconds(request) / float(room.speed[server]))
        name = room.servers[server].name
        reason = f"It is next, since {ranking.why(position)}; {request.needs} is free on {name}."
        decisions.append(Decision(request, "start", reason, name, room.now))
    return decisions


def hold_head(ranking: Ranking, position: int, room: Occupancy, reservation: Reservation) -> Decision:
    """Make the first request that does not fit wait for its reservation."""
    request = ranking.requests[position]
    name = room.servers[reservation.server].name
    known = reservation.time < math.inf
    when = f"expected in {reservation.time - room.now:.0f} s" if known else "when is not known"
    lacking = room.lacking(request, reservation.server)
    reason = f"It is next, since {ranking.why(position)}, but {lacking} more must become free on {name}, {when}."
    return Decision(request, "wait", reason, name, reservation.time if known else None)


def expected_seconds(request: Request) -> float:
    """Run time at speed 1; infinite if unknown."""
    return math.inf if request.estimate is None else request.estimate
