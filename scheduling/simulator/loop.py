"""The event loop: arrivals and ends on one heap, and a round of decisions after each instant.

What servers are like is a server model's affair (`slots`, `vector`); what is known of run times, an estimator's; what
came out is measured by `scheduling.metrics`.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from scheduling.estimators.estimator import Estimator
from scheduling.policies.partition import cut
from scheduling.request import Policy, Request, Running, View
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
    """A request that ran, or the part of it on one server if it was moved."""

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


def simulate(
    arrivals: Iterable[Arrival], policy: Policy, model: ServerModel, estimator: Estimator | None = None
) -> list[Run]:
    """What runs when and where under a policy, in order of end.

    Args:
        arrivals: in any order.
        policy: it is told no more than in production.
        model: of the servers.
        estimator: the median of its prediction becomes the estimate of a request when it arrives; it learns when
            all of a request has ended. Without one, requests keep the estimates that they come with.

    Raises:
        SimulationError: a request is rejected, or waits though nothing runs.
        ResourceError: the policy starts more than fits.
    """
    simulation = _Simulation(policy, model, estimator)
    simulation.run(arrivals)
    return simulation.runs


class _Simulation:
    """The state between two instants."""

    def __init__(self, policy: Policy, model: ServerModel, estimator: Estimator | None) -> None:
        self.runs: list[Run] = []
        self._policy = policy
        self._model = model
        self._estimator = estimator
        self._declared: dict[str, Arrival] = {}
        """What has not ended by id, as the estimator knows it."""
        self._now = 0.0
        self._numbers = itertools.count()  # events of one instant happen in the order of their making
        self._events: list[tuple[float, int, Arrival | Running]] = []
        self._waiting: dict[str, dict[str, Request]] = {}
        """What waits by id, in bags: the pieces of one request, or a whole one alone."""
        self._unfinished: Counter[str] = Counter()
        """How many of each bag wait or run."""
        self._work: dict[str, float] = {}
        self._left: dict[str, float] = {}
        """Fraction of the work of a running request that was left when it started where it is."""
        self._running: dict[str, Running] = {}
        self._free = {server.name: server.capacity for server in model.servers}
        self._speed = {server.name: server.speed for server in model.servers}

    def run(self, arrivals: Iterable[Arrival]) -> None:
        for arrival in arrivals:
            self._schedule(arrival.request.submitted, arrival)
        while self._events:
            self._now = self._events[0][0]
            while self._events and self._events[0][0] == self._now:
                event = heapq.heappop(self._events)[2]
                if isinstance(event, Arrival):
                    self._arrive(event)
                elif self._running.get(event.request.id) is event:  # else it was moved, and ends elsewhere
                    self._stop(event)
                    self._leave(event.request)
            while self._decide():
                pass  # pieces are decided about at once
        for bag in self._waiting.values():
            raise SimulationError(f"The policy leaves {next(iter(bag))} waiting though nothing runs.")

    def _schedule(self, time: float, event: Arrival | Running) -> None:
        heapq.heappush(self._events, (time, next(self._numbers), event))

    def _arrive(self, arrival: Arrival) -> None:
        request = arrival.request
        if self._estimator is not None:
            self._declared[request.id] = arrival
            request = replace(request, estimate=self._estimator.predict(request).quantile(0.5))
        self._wait_for(request, arrival.seconds)

    def _wait_for(self, request: Request, work: float) -> None:
        bag = request.parent or request.id
        self._waiting.setdefault(bag, {})[request.id] = request
        self._unfinished[bag] += 1
        self._work[request.id] = work

    def _leave(self, request: Request) -> None:
        """A request or a piece has ended; when nothing of it is left, the estimator is told."""
        bag = request.parent or request.id
        self._unfinished[bag] -= 1
        if self._estimator is not None and not self._unfinished[bag]:
            arrival = self._declared.pop(bag)
            if arrival.seconds:  # nothing can be learned from what took no time, which is rounding in records
                self._estimator.observe(arrival.request, arrival.seconds)

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
            request = decision.request
            if decision.verdict == "start":
                self._take_out(request)
                self._start(request, str(decision.server), left=1.0)
            elif decision.verdict == "move":
                left = self._stop(self._running[request.id])
                self._start(request, str(decision.server), left)
            elif decision.verdict == "split":
                self._take_out(request)
                del self._unfinished[request.id]
                for piece in cut(request, decision.pieces):
                    self._wait_for(piece, self._work[request.id] / decision.pieces)
                split = True
            elif decision.verdict == "reject":
                raise SimulationError(f"{request.id} can never run. {decision.reason}")
        return split

    def _take_out(self, request: Request) -> None:
        bag = request.parent or request.id
        del self._waiting[bag][request.id]
        if not self._waiting[bag]:
            del self._waiting[bag]

    def _start(self, request: Request, server: str, left: float) -> None:
        """Let a fraction of a request run from now on."""
        self._free[server] -= request.needs
        ends = None if request.estimate is None else self._now + left * request.estimate / self._speed[server]
        self._running[request.id] = running = Running(request, server, self._now, ends)
        self._left[request.id] = left
        self._schedule(self._now + self._model.seconds(left * self._work[request.id], server), running)

    def _stop(self, running: Running) -> float:
        """End a run, or the part of it on one server; the fraction of its request that is left."""
        request, server = running.request, running.server
        del self._running[request.id]
        self._free[server] += request.needs
        self.runs.append(Run(request, server, running.started, self._now))
        whole = self._model.seconds(self._work[request.id], server)
        done = (self._now - running.started) / whole if whole else 1.0
        return max(0.0, self._left[request.id] - done)
