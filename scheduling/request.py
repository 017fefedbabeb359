"""What waits and what runs: requests for resources, a policy's view of them, and its decisions.

How decisions are made is `policies`; how they are carried out is an adapter's affair.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from scheduling.names import no_such
from scheduling.resources import Resources
from scheduling.server import Server


class RequestError(ValueError):
    """A request or a view is not sensible; the message says which field, what was found, what is allowed."""


@dataclass(frozen=True)
class Request:
    """One piece of work that waits for resources.

    Raises:
        RequestError: a time is not a finite number, an estimate is negative, or it is to be cut into no piece.
    """

    id: str
    """Unique among the requests of one view."""
    user: str
    """On whose behalf; what fairness is measured by."""
    needs: Resources
    """Held from start to end, of one server."""
    submitted: float
    """When it began to wait, seconds of the adapter's clock."""
    estimate: float | None = None
    """Expected run time at speed 1, seconds; `None` is unknown."""
    deadline: float | None = None
    """When it should have ended, seconds of the adapter's clock; `None` is no hurry."""
    priority: int = 0
    """Higher goes first, for policies that look at it."""
    group: str | None = None
    """The job, workflow or question that it is a part of; `None` is a job of its own."""
    stage: str | None = None
    """Which part of the group: requests of one stage take about equally long."""
    predecessors: tuple[str, ...] = ()
    """Ids of requests that must have ended before it may start."""
    divisible: int = 1
    """Equal, independent pieces that it may be cut into, at most."""
    parent: str | None = None
    """Id of the request that this is a piece of."""
    movable: bool = False
    """Whether it can be stopped and go on from there on another server."""

    def __post_init__(self) -> None:
        for name in ("submitted", "estimate", "deadline"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise RequestError(f"{name} of request {self.id!r} is {value}; it must be a finite number of seconds.")
        if self.estimate is not None and self.estimate < 0:
            raise RequestError(f"estimate of request {self.id!r} is {self.estimate} s; it must be 0 or more.")
        if self.divisible < 1:
            raise RequestError(f"divisible of request {self.id!r} is {self.divisible}; it must be 1 or more.")

    @property
    def job(self) -> str:
        """What it belongs to: its group, or itself."""
        return self.id if self.group is None else self.group


@dataclass(frozen=True)
class Running:
    """A request that holds its needs on a server."""

    request: Request
    server: str
    """Name of the server."""
    started: float
    """Seconds of the adapter's clock."""
    ends: float | None
    """When it is expected to end, seconds of the adapter's clock; `None` is unknown."""


@dataclass(frozen=True)
class View:
    """All that a policy may look at.

    Raises:
        RequestError: two requests have one id, two servers one name, or something runs on a server that is not there.
    """

    waiting: tuple[Request, ...]
    """In no particular order."""
    servers: tuple[Server, ...]
    running: tuple[Running, ...] = ()
    """What holds resources now, released but not yet begun included."""
    now: float = 0.0
    """The adapter's clock, seconds."""

    def __post_init__(self) -> None:
        names = [server.name for server in self.servers]
        _require_unique("servers", "name", names)
        running = [run.request.id for run in self.running]
        _require_unique("requests", "id", [request.id for request in self.waiting] + running)
        for run in self.running:
            if run.server not in names:
                raise RequestError(f"{run.request.id} runs nowhere: {no_such('server', run.server, names)}")


def _require_unique(things: str, label: str, values: list[str]) -> None:
    if len(set(values)) < len(values):
        ((value, count),) = Counter(values).most_common(1)
        raise RequestError(f"{count} {things} have the {label} {value!r}; it must be unique.")


class Decision(NamedTuple):  # not a frozen dataclass: a round makes ten thousand, and these are made six times faster
    """What shall happen to one request."""

    request: Request
    verdict: Literal["start", "wait", "reject", "split", "move"]
    """`reject` is for what could never start; `split` asks for the request back as `pieces` smaller ones; `move` is for
    what runs and shall go on elsewhere."""
    reason: str
    """One sentence for whoever asks why."""
    server: str | None = None
    """Where it starts or moves to, or where its reservation is."""
    expected_start: float | None = None
    """Now, or the time of its reservation, seconds of the adapter's clock; `None` is unknown."""
    pieces: int = 1
    """See `policies.partition.cut`."""


class Policy(Protocol):
    """Decides about every request of a view, deterministically."""

    def decide(self, view: View) -> tuple[Decision, ...]:
        """One decision a waiting request, in the order of service, and then moves of running ones.

        What starts fits together into what is free on the servers.
        """
        ...
