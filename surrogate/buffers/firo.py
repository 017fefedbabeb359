"""First in, random out: every sample is used exactly `repeats` times (rounded), in random order.

Melissa's FIRO buffer with its pseudo-epochs (Meyer et al., SC'23, arXiv 2309.16743). Bias: none in how often a
sample is used; but training waits whenever production does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surrogate.buffers.policy import Policy, nobody
from surrogate.buffers.pool import Mask, Pool, Slots, sample


@dataclass(frozen=True)
class Firo(Policy):
    """Any, until its last use."""

    def choose_batch(self, pool: Pool, size: int, rng: np.random.Generator) -> Slots:
        """Uniformly over all."""
        return sample(pool.holds_field, len(pool.states), size, rng)

    def choose_victims(self, pool: Pool, count: int, paid: int, rng: np.random.Generator) -> Slots:
        """None: only a last use makes room."""
        return nobody()

    def leaves(self, uses: Slots, *, draining: bool) -> Mask:
        """Those that were used often enough."""
        return np.asarray(uses >= max(1, round(self.repeats)))
