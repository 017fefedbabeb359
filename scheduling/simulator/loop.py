"""The event loop: arrivals and ends on one heap, and a round of decisions after each instant.

What servers are like is a server model's affair (`slots`, `vector`); what came out is measured by `scheduling.metrics`.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from scheduling.policies.partition import cut
from scheduling.request import Decision, Policy, Request, Running, View
from scheduling.server import Server


class SimulationError(ValueError):
    """A workload cannot be simulated to its end; the message says which request is in the way, and why."""


@dataclass(frozen=True)
class Arrival:
    """A request that comes at its time of submission."""

    request: Request
    seconds: float
    """Its run time at speed 1, which the policy does not see; it sees the estimate."""


@dataclass(frozen=True)
class Run:
    """A request, or a piece of one, that ran."""

    request: Request
    server: str
    started: float
    ended: float


class ServerModel(Protocol):
    """What the simulated servers are like."""

    @property
    def servers(self) -> tuple[Server, ...]:
        """All of them, from the beginning to the end."""
        ...

    def seconds(self, work: float, server: str) -> float:
        """How long work of `work` seconds at speed 1 takes on a server."""
        ...

    def shown(self, pieces: int, running: int) -> int:
        """How many of the waiting pieces of one request a policy has to see, while `running` requests run."""
        ...


def simulate(arrivals: Iterable[Arrival], policy: Policy, model: ServerModel) -> list[Run]:
    """What runs when and where under a policy, in order of end.

    Raises:
        SimulationError: a request is rejected, or waits though nothing runs.
        ResourceError: the policy starts more than fits.
    """
    return list(_Simulation(policy, model).run(arrivals))


class _Simulation:
    """The state between two instants."""

    def __init__(self, policy: Policy, model: ServerModel) -> None:
        self._policy = policy
        self._model = model
        self._now = 0.0
        self._numbers = itertools.count()  # events of one instant happen in the order of their making
        self._events: list[tuple[float, int, Arrival | Running]] = []
        self._waiting: dict[str, dict[str, Request]] = {}
        """What waits by id, in bags: the pieces of one request, or a whole one alone."""
        self._work: dict[str, float] = {}
        self._running: dict[str, Running] = {}
        self._free = {server.name: server.capacity for server in model.servers}
        self._speed = {server.name: server.speed for server in model.servers}

    def run(self, arrivals: Iterable[Arrival]) -> Iterator[Run]:
        for arrival in arrivals:
            self._schedule(arrival.request.submitted, arrival)
        while self._events:
            self._now = self._events[0][0]
            while self._events and self._events[0][0] == self._now:
                event = heapq.heappop(self._events)[2]
                if isinstance(event, Arrival):
                    self._wait_for(event.request, event.seconds)
                else:
                    yield self._end(event)
            while self._waiting and self._decide():
                pass  # pieces are decided about at once
        for bag in self._waiting.values():
            raise SimulationError(f"The policy leaves {next(iter(bag))} waiting though nothing runs.")

    def _schedule(self, time: float, event: Arrival | Running) -> None:
        heapq.heappush(self._events, (time, next(self._numbers), event))

    def _wait_for(self, request: Request, work: float) -> None:
        self._waiting.setdefault(request.parent or request.id, {})[request.id] = request
        self._work[request.id] = work

    def _end(self, running: Running) -> Run:
        del self._running[running.request.id]
        self._free[running.server] += running.request.needs
        return Run(running.request, running.server, running.started, self._now)

    def _decide(self) -> bool:
        """Carry out one round of decisions; whether something was cut."""
        waiting = tuple(
            request
            for bag in self._waiting.values()
            for request in itertools.islice(bag.values(), self._model.shown(len(bag), len(self._running)))
        )
        view = View(waiting, self._model.servers, tuple(self._running.values()), self._now)
        split = False
        for decision in self._policy.decide(view):
            if decision.verdict == "start":
                self._start(decision)
            elif decision.verdict == "split":
                self._cut(decision)
                split = True
            elif decision.verdict == "reject":
                raise SimulationError(f"{decision.request.id} can never run. {decision.reason}")
        return split

    def _start(self, decision: Decision) -> None:
        request, server = decision.request, str(decision.server)
        work = self._remove(request)
        self._free[server] -= request.needs
        ends = None if request.estimate is None else self._now + request.estimate / self._speed[server]
        self._running[request.id] = Running(request, server, self._now, ends)
        self._schedule(self._now + self._model.seconds(work, server), self._running[request.id])

    def _cut(self, decision: Decision) -> None:
        work = self._remove(decision.request)
        for piece in cut(decision.request, decision.pieces):
            self._wait_for(piece, work / decision.pieces)

    def _remove(self, request: Request) -> float:
        """Take a request out of its bag, and say how much work it is."""
        bag = request.parent or request.id
        del self._waiting[bag][request.id]
        if not self._waiting[bag]:
            del self._waiting[bag]
        return self._work.pop(request.id)
