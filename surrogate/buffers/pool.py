"""The slots as a policy sees them: one array an attribute, and the draw that all policies share.

What the arrays say is changed by `surrogate.slots` alone; a policy reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

FREE: Final = 0
"""Nobody's."""
WRITING: Final = 1
"""Granted to a producer."""
UNSEEN: Final = 2
"""Holds a field with a sample that was never drawn."""
SEEN: Final = 3
"""Holds a field of which every sample was drawn at least once."""

Slots = npt.NDArray[np.int64]
"""Numbers of slots."""
Mask = npt.NDArray[np.bool_]


class Pool:
    """States of all slots of a slab; every array has shape (slots,).

    Args:
        slots: how many there are.

    Attributes:
        states: FREE, WRITING, UNSEEN or SEEN.
        uses: how often the field in a slot was drawn.
        pinned: whether it is being copied now and must stay as it is.
        simulation, step: whose field it is.
        arrivals: the slot of each of the last arrivals, at the number of the arrival modulo the slots.
        previous, following: slot of the field with which this one makes a pair as the later, as the earlier
            one; -1 where there is none.
        produced: number of arrivals.
        made: number of samples that they have made.
        unseen, seen: number of slots in that state.
        pairs: number of slots with a `previous`.
    """

    def __init__(self, slots: int) -> None:
        self.states = np.full(slots, FREE, np.uint8)
        self.uses = np.zeros(slots, np.int64)
        self.pinned = np.zeros(slots, bool)
        self.simulation = np.full(slots, -1, np.int64)
        self.step = np.full(slots, -1, np.int64)
        self.arrivals = np.full(slots, -1, np.int64)
        self.previous = np.full(slots, -1, np.int64)
        self.following = np.full(slots, -1, np.int64)
        self.produced = self.made = self.unseen = self.seen = self.pairs = 0

    @property
    def population(self) -> int:
        """Number of fields."""
        return self.unseen + self.seen

    def holds_field(self, slots: Any) -> Mask:
        """Which of these slots hold a field."""
        return np.asarray(self.states[slots] >= UNSEEN)

    def may_go(self, slots: Any) -> Mask:
        """Which of these slots hold a field that was seen and is not being copied."""
        return np.asarray((self.states[slots] == SEEN) & ~self.pinned[slots])


def sample(eligible: Callable[[Any], Mask], slots: int, size: int, rng: np.random.Generator) -> Slots:
    """Up to `size` different eligible slots, uniformly at random and in random order.

    Slots are tried at random, so that a draw from a large, full slab looks at no more of it than it needs. All
    eligible ones are equal in this, so that it is as uniform as a choice among them all.

    Args:
        eligible: which of the slots of an index may be drawn.
        slots: number of slots.
        size: how many are wanted.
        rng: the randomness.
    """
    tried = rng.choice(slots, min(slots, 2 * size), replace=False)
    found = tried[eligible(tried)]
    if len(found) >= size or len(tried) == slots:
        return found[:size]
    all_of_them = np.flatnonzero(eligible(slice(None)))
    return rng.choice(all_of_them, min(size, len(all_of_them)), replace=False)
