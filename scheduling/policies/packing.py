"""Admission that packs: if a simple one leaves anybody waiting, the solver looks for a placement that starts more.

A placement counts as better if more requests of the highest priority start, or as many of it and more of the next
(`scheduling.packing`). What runs stays where it is. The simple decisions stand if nothing better is found.

Bias: numbers count, so that wide requests wait for narrow ones of their priority, and the ranking counts only where
the simple admission does; a start may delay whom that has promised a place. This ends with patience: once the first in
the ranking that waits has waited longer, the simple admission decides alone, and its promise holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduling.occupancy import Occupancy
from scheduling.packing import NOWHERE, Ints, Problem, pack
from scheduling.policies.backfill import backfill
from scheduling.policies.place import Place
from scheduling.policies.ranking import Ranking
from scheduling.request import Decision, Request

WINDOW: Final = 200
"""So many requests from the front of the ranking are packed; all others are left to backfill. A larger problem is
rarely solved in a second."""


@dataclass(frozen=True)
class Packed:
    """Backfill, or the solver's placement where it starts more; a stage *admit* of `stages`."""

    seconds: float = 1.0
    """Time limit of the solver; the paper's."""
    patience: float = 3600.0
    """Seconds of waiting after which nobody is passed over."""

    def __call__(self, ranking: Ranking, room: Occupancy, place: Place) -> list[Decision]:
        """See the class; of what is packed otherwise, first what starts and then what waits."""
        free = room.free.copy()
        simple = backfill(ranking, room, place)
        head = next((decision.request for decision in simple if decision.verdict == "wait"), None)
        if head is None or room.now - head.submitted > self.patience:
            return simple
        known = _placement(simple, room)
        needs = room.needs(ranking.requests)
        for request in np.flatnonzero(known[WINDOW:] != NOWHERE) + WINDOW:
            free[known[request]] -= needs[request]
        window = ranking.requests[:WINDOW]
        problem = Problem(
            needs=needs[:WINDOW],
            capacity=free,
            priority=np.array([request.priority for request in window]),
            origin=np.full(len(window), NOWHERE),
        )
        packing = pack(problem, known[:WINDOW], self.seconds)
        proven = packing.proven and len(window) == len(needs)
        certificate = "which is proven" if proven else "as far as the solver saw in its time"
        if problem.score(packing.placement) > problem.score(known[:WINDOW]):
            return [*_decide(window, packing.placement, room, certificate), *simple[WINDOW:]]
        return [_certify(decision, certificate) for decision in simple[:WINDOW]] + simple[WINDOW:]


def _certify(decision: Decision, certificate: str) -> Decision:
    """Say to whoever waits that no placement would help."""
    if decision.verdict == "start":
        return decision
    reason = f"{decision.reason} No placement starts more, {certificate}."
    return Decision(decision.request, "wait", reason, decision.server, decision.expected_start)


def _placement(decisions: Sequence[Decision], room: Occupancy) -> Ints:
    """(n) the server on which each starts."""
    indices = {server.name: index for index, server in enumerate(room.servers)}
    return np.array(
        [NOWHERE if one.verdict == "wait" or one.server is None else indices[one.server] for one in decisions]
    )


def _decide(requests: Sequence[Request], placement: Ints, room: Occupancy, certificate: str) -> list[Decision]:
    """Say why each starts or waits."""
    starts, waits = [], []
    for request, server in zip(requests, placement.tolist(), strict=True):
        if server == NOWHERE:
            reason = f"Packed otherwise, no more of priority {request.priority} or higher could start, {certificate}."
            waits.append(Decision(request, "wait", reason))
        else:
            name = room.servers[server].name
            reason = f"It starts on {name} in a packing in which more start than one after the other."
            starts.append(Decision(request, "start", reason, name, room.now))
    return [*starts, *waits]
