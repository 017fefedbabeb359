"""What waits: one request for resources, and the decision about it.

How decisions are made is `policies`; how they are carried out is an adapter's affair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

from scheduling.resources import Resources


class RequestError(ValueError):
    """A request is not sensible; the message says which field, what was found, what is allowed."""


@dataclass(frozen=True)
class Request:
    """One piece of work that waits for resources.

    Raises:
        RequestError: a time is not a finite number, or an estimate is negative.
    """

    id: str
    """Unique among the requests of one view."""
    user: str
    """On whose behalf; what fairness is measured by."""
    needs: Resources
    """Held from start to end."""
    submitted: float
    """When it began to wait, seconds of the adapter's clock."""
    estimate: float | None = None
    """Expected run time, seconds; `None` is unknown."""
    deadline: float | None = None
    """When it should have ended, seconds of the adapter's clock; `None` is no hurry."""

    def __post_init__(self) -> None:
        for name in ("submitted", "estimate", "deadline"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise RequestError(f"{name} of request {self.id!r} is {value}; it must be a finite number of seconds.")
        if self.estimate is not None and self.estimate < 0:
            raise RequestError(f"estimate of request {self.id!r} is {self.estimate} s; it must be 0 or more.")


@dataclass(frozen=True)
class View:
    """All that a policy may look at."""

    waiting: tuple[Request, ...]
    """In no particular order."""
    free: Resources
    """What nobody holds now."""
    capacity: Resources
    """What there is when nothing runs."""
    now: float = 0.0
    """The adapter's clock, seconds."""


@dataclass(frozen=True)
class Decision:
    """What shall happen to one request."""

    request: Request
    verdict: Literal["start", "wait", "reject"]
    """`reject` is for what could never start."""
    reason: str
    """One sentence for whoever asks why."""


class Policy(Protocol):
    """Decides about every request of a view, deterministically."""

    def decide(self, view: View) -> tuple[Decision, ...]:
        """One decision a waiting request, in the order of service.

        What starts fits together into `view.free`.
        """
        ...
