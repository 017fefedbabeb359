"""Pairs for autoregressive training: a sample is a field and the one `distance` steps later, of one simulation.

Each field is stored once; a pair is two slots. As the count-aware reservoir otherwise: draws are uniform over
the pairs that are there, and a field may go only when every pair that it belongs to was drawn, those included
that are still to come. So the last `distance` fields of each simulation in progress wait for their partners,
and a slab must have room for more than those.

The smallest room: let k be the distance, A the simulations in progress, W the watermark and F the fields that
are there. All but the at most k A fields that wait are in one pair at least (or may go at any time), and a pair
is two fields, so that there are at least (F - k A) / 2 pairs. With F = 2 W + k A fields the watermark is reached,
however draws and evictions went: that many slots are reserved, and writers share the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from surrogate.buffers.count_aware import highest
from surrogate.buffers.policy import Policy
from surrogate.buffers.pool import Mask, Pool, Slots, sample

_FIRST: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Pairs(Policy):
    """Any pair, until one of its fields is evicted."""

    def reserve(self, producers: int) -> int:
        """Twice the watermark, and the fields that wait for a partner."""
        return 2 * self.watermark + self.distance * producers

    def samples(self, pool: Pool) -> int:
        """The pairs that are there."""
        return pool.pairs

    def choose_batch(self, pool: Pool, size: int, rng: np.random.Generator) -> Slots:
        """Uniformly over the pairs, by their later fields."""
        return sample(lambda slots: np.asarray(pool.previous[slots] >= 0), len(pool.states), size, rng)

    def choose_victims(self, pool: Pool, count: int, paid: int, rng: np.random.Generator) -> Slots:
        """The most used of some seen fields, before them those that are in no pair any more.

        Such a field is of no use, so that it may go unpaid where there are not enough others.
        """
        victims = highest(
            lambda slots: np.where(_is_alone(pool, slots), _FIRST, pool.uses[slots]), pool, min(count, paid), rng
        )
        if len(victims) == count:
            return victims
        useless = orphans(pool)
        return np.concatenate([victims, useless[~np.isin(useless, victims)][: count - len(victims)]])

    def leaves(self, uses: Slots, *, draining: bool) -> Mask:
        """None before the end, then all."""
        return np.full(len(uses), draining)


def orphans(pool: Pool) -> Slots:
    """Seen fields that are in no pair any more, because their partners were evicted."""
    return np.flatnonzero(_is_alone(pool, slice(None)) & pool.may_go(slice(None)))


def _is_alone(pool: Pool, slots: Any) -> Mask:
    return np.asarray((pool.previous[slots] < 0) & (pool.following[slots] < 0))
