"""First in, first out: every sample is used once, in the order of its arrival.

Bias: a batch is of consecutive steps of the few simulations that run just now; and training waits whenever
production does. It is the plain stream to compare the others with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surrogate.buffers.policy import Policy, nobody
from surrogate.buffers.pool import Mask, Pool, Slots


@dataclass(frozen=True)
class Fifo(Policy):
    """The oldest first; `repeats` is not used."""

    def choose_batch(self, pool: Pool, size: int, rng: np.random.Generator) -> Slots:
        """The oldest ones. As nothing else leaves, the fields that are there are the last that arrived."""
        oldest = pool.produced - pool.population
        return pool.arrivals[np.arange(oldest, oldest + min(size, pool.population)) % len(pool.arrivals)]

    def choose_victims(self, pool: Pool, count: int, paid: int, rng: np.random.Generator) -> Slots:
        """None: only a draw makes room."""
        return nobody()

    def leaves(self, uses: Slots, *, draining: bool) -> Mask:
        """All."""
        return np.ones(len(uses), bool)
