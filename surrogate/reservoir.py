"""The reservoir policy: which fields are drawn and which are evicted, as pure functions on arrays.

The rules of Melissa's Reservoir buffer (Meyer et al., SC'23, arXiv 2309.16743): a draw is uniform over all
fields, seen or not; only seen ones are evicted, at random; a producer is blocked only when nothing but
unseen fields is left; and once production has ended, draws are without replacement until none is left.
Bias: the number of uses of a field is geometric, so that some are used often and some once.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FREE: Final = 0
"""Nobody's."""
WRITING: Final = 1
"""Granted to a producer."""
UNSEEN: Final = 2
"""Holds a field that was never drawn."""
SEEN: Final = 3
"""Holds a field that was drawn at least once."""

States = npt.NDArray[np.uint8]
"""State of every slot, shape (slots,)."""
Slots = npt.NDArray[np.int64]
"""Numbers of slots."""


def may_draw(states: States, watermark: int, *, over: bool) -> bool:
    """Whether enough fields are there: the watermark, or any at all once production is over."""
    population = int(np.count_nonzero(states >= UNSEEN))
    return population >= (1 if over else watermark)


def choose_batch(states: States, size: int, rng: np.random.Generator) -> Slots:
    """Up to `size` different slots that hold a field, uniformly at random, shape (at most size,)."""
    population = np.flatnonzero(states >= UNSEEN)
    return rng.choice(population, min(size, len(population)), replace=False)


def choose_room(states: States, pinned: npt.NDArray[np.bool_], count: int, rng: np.random.Generator) -> Slots:
    """Up to `count` slots for new fields: free ones first, then seen ones at random, never unseen ones.

    Args:
        states: state of every slot.
        pinned: slots that are being read now and must stay as they are, shape (slots,).
        count: how many are wanted.
        rng: where the choice of victims comes from.
    """
    free = np.flatnonzero((states == FREE) & ~pinned)[:count]
    if len(free) == count:
        return free
    victims = np.flatnonzero((states == SEEN) & ~pinned)
    evicted = rng.choice(victims, min(count - len(free), len(victims)), replace=False)
    return np.concatenate([free, evicted])
