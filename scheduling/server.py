"""Where requests run. What runs there now is in `request.View`; how long something takes is an estimator's affair."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scheduling.resources import Resources


class ServerError(ValueError):
    """A server is not sensible; the message says which, what was found, what is allowed."""


@dataclass(frozen=True)
class Server:
    """A host, a GPU, an endpoint: anything that holds the needs of what runs on it.

    Raises:
        ServerError: the speed is not a positive number.
    """

    name: str
    """Unique among the servers of one view."""
    capacity: Resources
    """What there is when nothing runs."""
    speed: float = 1.0
    """Run times are estimates divided by this."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.speed) or self.speed <= 0:
            raise ServerError(f"speed of server {self.name!r} is {self.speed}; it must be a finite number above 0.")
