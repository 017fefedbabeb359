"""The result of the stage *order*: requests by whose turn it is, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.occupancy import Floats
from scheduling.request import Request


@dataclass(frozen=True)
class Ranking:
    """Requests in the order of service."""

    requests: Sequence[Request]
    why: Callable[[int], str]
    """Why the request at a position is there, as a clause; sentences are made only for those who need one."""

    def keep(self, positions: Sequence[int]) -> Ranking:
        """Only the requests at these positions, which ascend."""
        return Ranking([self.requests[position] for position in positions], lambda kept: self.why(positions[kept]))


def by_key(arrivals: Sequence[Request], keys: Floats, describe: Callable[[float], str]) -> Ranking:
    """Rank by ascending key; equal keys keep their order of arrival.

    Args:
        arrivals: n requests.
        keys: (n) one a request.
        describe: the clause for a key.
    """
    order = np.argsort(keys, kind="stable").tolist()
    return Ranking([arrivals[index] for index in order], lambda position: describe(float(keys[order[position]])))
