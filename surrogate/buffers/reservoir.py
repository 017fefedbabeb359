"""Reservoir: draws are uniform over all samples, seen or not; seen ones are evicted at random.

The rules of Melissa's Reservoir buffer (Meyer et al., SC'23, arXiv 2309.16743): only seen samples are evicted,
so that a producer is blocked only when nothing but unseen ones is left, and training never waits once the
watermark is reached; after production has ended, draws are without replacement until none is left.
Bias: the number of uses of a sample is geometric, so that some are used often and some once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surrogate.buffers.policy import Policy
from surrogate.buffers.pool import Mask, Pool, Slots, sample


@dataclass(frozen=True)
class Reservoir(Policy):
    """Any, until it is evicted."""

    def choose_batch(self, pool: Pool, size: int, rng: np.random.Generator) -> Slots:
        """Uniformly over all."""
        return sample(pool.holds_field, len(pool.states), size, rng)

    def choose_victims(self, pool: Pool, count: int, paid: int, rng: np.random.Generator) -> Slots:
        """Uniformly over the seen ones."""
        return sample(pool.may_go, len(pool.states), min(count, paid), rng)

    def leaves(self, uses: Slots, *, draining: bool) -> Mask:
        """None before the end, then all."""
        return np.full(len(uses), draining)
