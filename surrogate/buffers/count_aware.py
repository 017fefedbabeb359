"""Count-aware reservoir: as the reservoir, but the most used of a few random seen samples is evicted.

The power of several choices (Mitzenmacher, IEEE TPDS 2001) against the geometric spread of the reservoir: as
many draws, far more evenly shared. Bias: a sample that was drawn often early stays for a shorter time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from surrogate.buffers.pool import Pool, Slots, sample
from surrogate.buffers.reservoir import Reservoir

_CANDIDATES: Final = 8
"""Seen samples that are looked at for each that is evicted."""


@dataclass(frozen=True)
class CountAware(Reservoir):
    """Any, until it is evicted for having been used more than others."""

    def choose_victims(self, pool: Pool, count: int, paid: int, rng: np.random.Generator) -> Slots:
        """The most used ones of eight times as many random seen ones."""
        return highest(lambda slots: pool.uses[slots], pool, min(count, paid), rng)


def highest(rank: Callable[[Slots], Slots], pool: Pool, count: int, rng: np.random.Generator) -> Slots:
    """The `count` of highest rank among eight times as many random fields that may go."""
    candidates = sample(pool.may_go, len(pool.states), _CANDIDATES * count, rng)
    if count == 0 or len(candidates) <= count:
        return candidates
    return candidates[np.argpartition(-rank(candidates), count - 1)[:count]]
