"""Which fields make pairs: every arriving field is linked with the one `distance` steps before it.

The steps of a simulation arrive in order, so that only the slots of its last few arrivals must be kept to find
the partner of the next. A field owes a draw in each of its two roles, as the later and as the earlier one of a
pair, unless that partner cannot exist or an earlier, interrupted run has already drawn that pair.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from surrogate.buffers.pool import Mask, Pool, Slots

_LATER: Final = 1
_EARLIER: Final = 2
_LOST: Final = 4  # a partner that could still come should the simulation be run again in another run


class Links:
    """The pairs of a pool.

    Args:
        pool: whose `previous`, `following`, `pairs` and `made` are kept here.
        distance: steps between the two fields of a pair.
        used: steps that need no partner any more, because every pair that they belong to was drawn, in an
            earlier run or in this one; shape (simulations, steps), kept up to date by the owner.
    """

    def __init__(self, pool: Pool, distance: int, used: Mask) -> None:
        self._pool, self._distance, self._used = pool, distance, used
        self._owes = np.zeros(len(pool.states), np.uint8)
        self._latest: dict[int, tuple[int, Slots]] = {}  # next step of a simulation, slots of the `distance` before

    def owes(self, slots: Slots) -> Mask:
        """Which of these fields belong to a pair that was never drawn, be it there or still to come."""
        return np.asarray((self._owes[slots] & (_LATER | _EARLIER)) != 0)

    def complete(self, slots: Slots) -> Mask:
        """Which of these fields need not come again in any run: every pair that they could belong to was drawn."""
        return np.asarray(self._owes[slots] == 0)

    def arrive(self, simulation: int, step: int, slots: Slots) -> None:
        """Link consecutive steps that have arrived.

        Args:
            simulation: whose they are.
            step: of the first.
            slots: where they are; -1 where a step came a second time and was dropped.
        """
        if not (slots >= 0).any():
            return
        k, steps = self._distance, self._used.shape[1]
        due, latest = self._latest.get(simulation, (step, np.full(k, -1, np.int64)))
        slots, step = slots[max(0, due - step) :], max(due, step)  # what is before is there already
        skipped = np.full(min(step - due, k), -1, np.int64)
        line = np.concatenate([latest, skipped, slots])
        self._latest[simulation] = step + len(slots), line[len(line) - k :]
        if step + len(slots) == steps:
            del self._latest[simulation]
        new = slots >= 0
        partners = line[len(line) - len(slots) - k : len(line) - k][new]
        slots, number = slots[new], (step + np.arange(len(new)))[new]
        used = self._used[simulation]
        later = (number >= k) & ~used[np.maximum(number - k, 0)] & (partners >= 0)
        earlier = (number + k < steps) & ~used[np.minimum(number + k, steps - 1)]
        self._owes[slots] = _LATER * later + _EARLIER * earlier
        self._pool.previous[slots] = np.where(later, partners, -1)
        self._pool.following[slots] = -1
        self._pool.following[partners[later]] = slots[later]
        made = int(np.count_nonzero(later))
        self._pool.pairs += made
        self._pool.made += made

    def draw(self, slots: Slots) -> tuple[Mask, Slots]:
        """Take note that the pairs with these later fields are drawn; which never were before, and the earlier fields."""
        fresh = (self._owes[slots] & _LATER) != 0
        previous = self._pool.previous[slots]
        self._owes[slots] &= ~np.uint8(_LATER)
        self._owes[previous] &= ~np.uint8(_EARLIER)
        return fresh, previous

    def give_up(self, simulation: int) -> Slots:
        """Nothing more of a simulation will come; the fields that waited for partners."""
        _, latest = self._latest.pop(simulation, (0, np.empty(0, np.int64)))
        latest = latest[latest >= 0]
        waiting: Slots = latest[(self._owes[latest] & _EARLIER) != 0]
        self._owes[waiting] ^= _EARLIER | _LOST
        return waiting

    def incomplete(self) -> list[int]:
        """Simulations of which a step has arrived, but not yet the last one."""
        return list(self._latest)

    def cut(self, slots: Slots) -> None:
        """Undo the pairs with these later fields."""
        pool = self._pool
        pool.following[pool.previous[slots]] = -1
        pool.previous[slots] = -1
        pool.pairs -= len(slots)

    def leave(self, slots: Slots) -> None:
        """These fields leave: undo all pairs that they belong to."""
        pool = self._pool
        later = np.concatenate([slots[pool.previous[slots] >= 0], pool.following[slots]])
        self.cut(np.unique(later[later >= 0]))
