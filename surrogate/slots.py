"""Every slot of the slab with its state, and the account of every field: no thread, no input, no output.

    FREE --grant--> WRITING --commit--> UNSEEN --draw--> SEEN --grant (evicted)--> WRITING
      ^                |                   |               |
      +---- release ---+                   +-- drain ------+--> FREE

After every call: produced = unseen + seen + evicted + drained.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surrogate.reservoir import FREE, SEEN, UNSEEN, WRITING, Slots, choose_batch, choose_room


@dataclass(frozen=True)
class Counters:
    """Where every field that ever arrived is now."""

    produced: int
    """Fields that arrived, each (simulation, step) once."""
    unseen: int
    """In the reservoir, not yet drawn."""
    seen: int
    """In the reservoir, drawn at least once."""
    evicted: int
    """Replaced by newer ones after they were seen."""
    drained: int
    """Drawn a last time after production had ended."""
    drawn: int
    """Draws: the number of samples trained on, repeated ones included."""

    @property
    def balanced(self) -> bool:
        """Whether every field is accounted for."""
        return self.produced == self.unseen + self.seen + self.evicted + self.drained


class SlotTable:
    """The slots of one slab.

    Args:
        capacity: number of slots.
        rng: where draws and evictions come from.

    Attributes:
        states: state of every slot, shape (capacity,).
        uses: how often the field in each slot was drawn.
        simulation, step: whose field it is.
    """

    def __init__(self, capacity: int, rng: np.random.Generator) -> None:
        self.states = np.full(capacity, FREE, np.uint8)
        self.uses = np.zeros(capacity, np.int64)
        self.simulation = np.full(capacity, -1, np.int64)
        self.step = np.full(capacity, -1, np.int64)
        self._pinned = np.zeros(capacity, bool)
        self._held: dict[bytes, set[int]] = {}
        self._rng = rng
        self._produced = self._evicted = self._drained = self._drawn = 0

    @property
    def counters(self) -> Counters:
        """The account now."""
        states = np.bincount(self.states, minlength=4)
        return Counters(
            self._produced, int(states[UNSEEN]), int(states[SEEN]), self._evicted, self._drained, self._drawn
        )

    @property
    def produced(self) -> int:
        """Fields that arrived."""
        return self._produced

    @property
    def drawn(self) -> int:
        """Draws so far."""
        return self._drawn

    @property
    def granted(self) -> int:
        """Slots that producers may be writing now."""
        return sum(map(len, self._held.values()))

    def held(self, producer: bytes) -> set[int]:
        """The slots that a producer may be writing now."""
        return self._held.get(producer, set())

    def grant(self, producer: bytes, count: int) -> tuple[int, ...]:
        """Give up to `count` slots to a producer, evicting seen fields where nothing is free."""
        room = choose_room(self.states, self._pinned, count, self._rng)
        self._evicted += int(np.count_nonzero(self.states[room] == SEEN))
        self.states[room] = WRITING
        slots = tuple(room.tolist())
        self._held.setdefault(producer, set()).update(slots)
        return slots

    def commit(self, producer: bytes, slot: int, simulation: int, step: int) -> None:
        """Take over a slot that its producer has written; it must be held by that producer."""
        self._held[producer].remove(slot)
        self.states[slot], self.uses[slot] = UNSEEN, 0
        self.simulation[slot], self.step[slot] = simulation, step
        self._produced += 1

    def release(self, producer: bytes) -> None:
        """Take back all slots that a producer holds without having committed them."""
        self.states[list(self._held.pop(producer, ()))] = FREE

    def draw(self, size: int, *, drain: bool) -> Slots:
        """Draw up to `size` different fields; they stay as they are until `unpin`.

        Args:
            size: how many are wanted.
            drain: whether they leave the reservoir, because production is over.
        """
        slots = choose_batch(self.states, size, self._rng)
        self.uses[slots] += 1
        self.states[slots] = FREE if drain else SEEN
        self._pinned[slots] = True
        self._drawn += len(slots)
        self._drained += len(slots) if drain else 0
        return slots

    def unpin(self, slots: Slots) -> None:
        """The fields of a draw have been copied."""
        self._pinned[slots] = False

    def waiting(self) -> set[int]:
        """Simulations with fields that were never drawn."""
        return set(self.simulation[self.states == UNSEEN].tolist())
