"""First in, first out.

Bias: strict order of submission. A large request at the head holds back small ones behind it that
would fit, so nobody is ever overtaken and resources may stand idle; users with many requests get more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scheduling.request import Decision, Request, View
from scheduling.resources import Resources


class Fifo:
    """Serves in order of submission; follows `scheduling.request.Policy`."""

    def decide(self, view: View) -> tuple[Decision, ...]:
        """One decision a waiting request, longest waiting first."""
        return admit(order(view.waiting), view.free, view.capacity)


def order(waiting: Iterable[Request]) -> list[Request]:
    """The requests by time of submission; ties by id, so that equal views give equal orders."""
    return sorted(waiting, key=lambda request: (request.submitted, request.id))


def admit(ordered: Sequence[Request], free: Resources, capacity: Resources) -> tuple[Decision, ...]:
    """Start the longest prefix that fits into `free`; what exceeds `capacity` is rejected and blocks nobody."""
    decisions: list[Decision] = []
    blocked_by: Request | None = None
    for request in ordered:
        if not request.needs.fits(capacity):
            reason = f"It needs {request.needs}, but there is only {capacity} in all."
            decisions.append(Decision(request, "reject", reason))
        elif blocked_by is not None:
            decisions.append(Decision(request, "wait", f"{blocked_by.id} was submitted earlier and still waits."))
        elif request.needs.fits(free):
            free = free - request.needs
            decisions.append(Decision(request, "start", f"It is the oldest that waits and {request.needs} is free."))
        else:
            blocked_by = request
            lacking = request.needs.lacking(free)
            decisions.append(Decision(request, "wait", f"It is next, but {lacking} more must become free."))
    return tuple(decisions)
