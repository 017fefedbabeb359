"""The highest priority first, where waiting raises priority.

Bias: whoever sets priorities decides. Ageing bounds what that can do: a request that has waited as many
periods as its priority is lower goes before a new one, so nothing starves (the age factor of Slurm's
multifactor priority is the same idea).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.occupancy import Occupancy
from scheduling.policies.columns import submissions
from scheduling.policies.ranking import Ranking, by_key
from scheduling.request import Request


@dataclass(frozen=True)
class Priority:
    """Rank by priority + waited / period, highest first."""

    period: float = 3600.0
    """Seconds of waiting that are worth one step of priority."""

    def __call__(self, arrivals: Sequence[Request], room: Occupancy) -> Ranking:
        """See the class; ties by arrival."""
        given = np.array([request.priority for request in arrivals], dtype=np.float64)
        waited = room.now - submissions(arrivals)
        return by_key(
            arrivals, -(given + waited / self.period), lambda key: f"its priority, raised by waiting, is {-key:.2f}"
        )
