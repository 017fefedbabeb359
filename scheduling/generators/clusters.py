"""Random clusters for packing: requests for a little less, or more, than all nodes have."""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduling.request import Request, View
from scheduling.resources import Resources
from scheduling.server import Server

NODE: Final = Resources(cpu=16, memory=64)
"""What each node has: cores and GB."""


def cluster(rng: np.random.Generator, nodes: int, low: float = 0.9, high: float = 1.05) -> View:
    """Requests for some nodes, in the order of arrival, about six a node, with one to four priorities.

    The kind of *Priority Matters* (arXiv 2511.08373), whose sizes are others.

    Args:
        rng: what to draw from.
        nodes: alike, all empty.
        low: least load, in what there is of the scarcer resource.
        high: largest load; it is drawn evenly between the two.
    """
    load, priorities = rng.uniform(low, high), int(rng.integers(1, 5))
    waiting: list[Request] = []
    needed = Resources()
    while needed.share(NODE) < load * nodes:
        needs = Resources(cpu=int(rng.integers(1, 6)), memory=int(rng.integers(2, 21)))
        needed += needs
        waiting.append(Request(f"r{len(waiting):03}", "u", needs, len(waiting), priority=int(rng.integers(priorities))))
    return View(tuple(waiting), tuple(Server(f"n{node}", NODE) for node in range(nodes)))
