"""Where calls of a model wait their turn, in the order that a policy gives.

The queue is this process's own. What other processes ask of the same server waits in the server, which
knows no users.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scheduling.policies import build_policy
from scheduling.request import Policy, Request, Running, View
from scheduling.resources import Resources
from scheduling.server import Server


class Gateway:
    """Lets as many calls through at once as the model has slots.

    Args:
        slots: calls at once.
        policy: who goes next.
        clock: seconds; for `Request.submitted` and deadlines.
    """

    def __init__(
        self, slots: int, policy: Policy | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = Server("model", Resources(slot=slots))
        self._policy = policy or build_policy("fifo")
        self._clock = clock
        self._numbers = itertools.count()
        self._waiting: dict[str, Request] = {}
        self._running: dict[str, Running] = {}
        self._changed = threading.Condition()

    @property
    def waiting(self) -> tuple[Request, ...]:
        """Who waits now."""
        with self._changed:
            return tuple(self._waiting.values())

    @contextmanager
    def turn(self, user: str, *, estimate: float | None = None, deadline: float | None = None) -> Iterator[None]:
        """Wait until it is this call's turn, and hold a slot in the block.

        Args:
            user: on whose behalf.
            estimate: expected seconds of the call.
            deadline: when it should have ended, on the gateway's clock.
        """
        with self._changed:
            number = f"call {next(self._numbers):09d}"  # equal times are served in order of arrival
            request = Request(number, user, Resources(slot=1), self._clock(), estimate, deadline)
            self._waiting[number] = request
            try:
                self._changed.wait_for(lambda: self._may_start(number))
                now = self._clock()
                ends = None if estimate is None else now + estimate
                self._running[number] = Running(request, self._server.name, now, ends)
            finally:  # also when the wait is interrupted
                del self._waiting[number]
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                del self._running[number]
                self._changed.notify_all()

    def _may_start(self, number: str) -> bool:
        waiting, running = tuple(self._waiting.values()), tuple(self._running.values())
        view = View(waiting, (self._server,), running, self._clock())
        decisions = self._policy.decide(view)
        return any(decision.request.id == number and decision.verdict == "start" for decision in decisions)
