"""First in, first out.

Bias: nobody is overtaken, so users with many requests get more, and short requests wait behind long ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from scheduling.occupancy import Occupancy
from scheduling.policies.ranking import Ranking
from scheduling.request import Request


def order(arrivals: Sequence[Request], room: Occupancy) -> Ranking:
    """By time of submission; ties by id."""
    return Ranking(arrivals, lambda position: f"it has waited longest, {room.now - arrivals[position].submitted:.0f} s")
