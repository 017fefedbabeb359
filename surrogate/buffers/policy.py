"""What a buffer decides: when a batch is drawn, of what, who makes room, and what leaves with its last use.

Every decision is a function of its arguments alone; randomness is passed in. A sample is what is drawn: a
field, or for `pairs` two.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from surrogate.buffers.pool import Mask, Pool, Slots


@dataclass(frozen=True)
class Policy(ABC):
    """The rules of one buffer."""

    watermark: int
    """Samples that must be there before a batch is drawn, until production is over."""
    repeats: float
    """How often a sample is drawn on average, at least."""
    distance: int = 0
    """Steps between the two fields of a sample; 0: a sample is one field."""

    def reserve(self, producers: int) -> int:
        """Slots that must hold fields, so that the watermark is reached whatever else is being written.

        A slab needs more slots than that, or nobody can write: at least two for each producer.
        """
        return self.watermark

    def samples(self, pool: Pool) -> int:
        """Number of samples that could be drawn now."""
        return pool.population

    def may_draw(self, samples: int, *, over: bool) -> bool:
        """Whether there are enough samples: the watermark, or whatever is left once nothing more will come."""
        return over or samples >= self.watermark

    def drains(self, samples: int, drawn: int, made: int, *, over: bool) -> bool:
        """Whether each sample that is there will be drawn just once more and leave.

        Args:
            samples: those that are there.
            drawn: draws so far.
            made: samples that ever were there.
            over: whether nothing more will come.
        """
        return over and drawn + samples >= self.repeats * made

    @abstractmethod
    def choose_batch(self, pool: Pool, size: int, rng: np.random.Generator) -> Slots:
        """Up to `size` different samples, by the slots of their (later) fields."""

    @abstractmethod
    def choose_victims(self, pool: Pool, count: int, paid: int, rng: np.random.Generator) -> Slots:
        """Up to `count` fields that make room for new ones where no slot is free: seen ones, never unseen ones.

        Args:
            pool: the slots.
            count: how many are wanted.
            paid: how many may go if each sample is to be drawn `repeats` times on average.
            rng: the randomness.
        """

    @abstractmethod
    def leaves(self, uses: Slots, *, draining: bool) -> Mask:
        """Which of the samples of a draw leave with it, given their uses, this one included."""


def nobody() -> Slots:
    """No slot."""
    return np.empty(0, np.int64)
