"""Every slot of the slab with its state, and the account of every field: no thread, no input, no output.

    FREE --grant--> WRITING --commit--> UNSEEN --draw--> SEEN --grant (evicted)--> WRITING
      ^                |                   |               |
      +---- release ---+                   +-- last use ---+--> FREE (drained)

After every call: produced = unseen + seen + evicted + drained + unpaired. What is drawn, evicted and drained, a
policy of `surrogate.buffers` decides; no step here costs more than a few passes over arrays, however many slots
it moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from surrogate.buffers import Policy
from surrogate.buffers.links import Links
from surrogate.buffers.pairs import orphans
from surrogate.buffers.pool import FREE, SEEN, UNSEEN, WRITING, Mask, Pool, Slots


@dataclass(frozen=True)
class Counters:
    """Where every field that ever arrived is now."""

    produced: int = 0
    """Fields that arrived, each (simulation, step) once."""
    unseen: int = 0
    """In the buffer, with a sample that was never drawn."""
    seen: int = 0
    """In the buffer, every sample of it drawn at least once."""
    evicted: int = 0
    """Seen, and gone: replaced by newer ones, or lost with an interrupted run."""
    drained: int = 0
    """Gone with their last use."""
    drawn: int = 0
    """Draws: the number of samples trained on, repeated ones included."""
    unpaired: int = 0
    """Gone without a use, because no partner could come: the simulation was set aside, or is too short."""

    @property
    def balanced(self) -> bool:
        """Whether every field is accounted for."""
        return self.produced == self.unseen + self.seen + self.evicted + self.drained + self.unpaired


@dataclass(frozen=True)
class Draw:
    """Samples for one batch, to be copied out of the slab before the next draw; every array has shape (n,)."""

    slots: Slots
    """Where the field to predict is."""
    simulation: npt.NDArray[np.int64]
    step: npt.NDArray[np.int64]
    fresh: Mask
    """Whether the sample was never drawn before."""
    previous: Slots | None
    """Where the fields `distance` steps before are; `None` unless samples are pairs."""


class SlotTable:
    """The slots of one slab.

    Args:
        capacity: number of slots.
        policy: what decides.
        rng: where draws and evictions come from.
        used: steps that earlier, interrupted runs have used, shape (simulations, steps); kept up to date from here on.
        carried: the account of those runs.

    Attributes:
        pool: the states.
        policy: what decides.
        used: a step is marked when its field becomes seen, or could never be of use.
    """

    def __init__(
        self, capacity: int, policy: Policy, rng: np.random.Generator, used: Mask, carried: Counters | None = None
    ) -> None:
        self.pool, self.policy, self.used = Pool(capacity), policy, used
        self._rng, self._carried = rng, carried or Counters()
        self._links = Links(self.pool, policy.distance, used) if policy.distance else None
        self._over = False
        self._owner = np.zeros(capacity, np.int64)  # number of the producer that may write; 0: none
        self._numbers: dict[bytes, int] = {}
        self._held: dict[bytes, int] = {}
        self._numbered = self._evicted = self._drained = self._drawn = self._unpaired = 0
        self.granted = 0
        """Slots that producers may be writing now."""

    @property
    def counters(self) -> Counters:
        """The account now, interrupted runs included."""
        earlier, pool = self._carried, self.pool
        return Counters(
            produced=earlier.produced + pool.produced,
            unseen=pool.unseen,
            seen=pool.seen,
            evicted=earlier.evicted + self._evicted,
            drained=earlier.drained + self._drained,
            drawn=earlier.drawn + self._drawn,
            unpaired=earlier.unpaired + self._unpaired,
        )

    @property
    def samples(self) -> int:
        """Number of samples that could be drawn now."""
        return self.policy.samples(self.pool)

    @property
    def exhausted(self) -> bool:
        """Whether everything was drawn and nothing more will come."""
        return self._over and not self.samples

    @property
    def unseen_fraction(self) -> float:
        """Share of the fields that were never drawn; 0 if there is none."""
        return self.pool.unseen / max(1, self.pool.population)

    @property
    def _paid(self) -> int:
        """Fields that may be evicted with every sample drawn `repeats` times on average."""
        counters = self.counters
        return max(0, int(counters.drawn / self.policy.repeats) - counters.evicted - counters.drained)

    def held(self, producer: bytes) -> int:
        """Number of slots that a producer may be writing now."""
        return self._held.get(producer, 0)

    def holds(self, producer: bytes, slots: Sequence[int]) -> bool:
        """Whether a producer may be writing all these slots, each named once."""
        number = self._numbers.get(producer, -1)
        if not slots or min(slots) < 0 or max(slots) >= len(self._owner) or len(set(slots)) != len(slots):
            return False
        return bool((self._owner[np.array(slots, np.int64)] == number).all())

    def grant(self, wants: Mapping[bytes, int], most: int) -> dict[bytes, tuple[int, ...]]:
        """Give free slots to producers, evicting seen fields where nothing is free.

        Args:
            wants: how many each would like.
            most: how many may be given in all.

        Returns:
            What each got; if there are too few slots, nobody gets more than another unless that one wanted no more.
        """
        pool, count = self.pool, min(most, sum(wants.values()))
        room = np.empty(0, np.int64)
        if len(pool.states) > pool.population + self.granted:
            room = np.flatnonzero((pool.states == FREE) & ~pool.pinned)[:count]
        if len(room) < count:
            victims = self.policy.choose_victims(pool, count - len(room), self._paid, self._rng)
            self._evict(victims)
            room = np.concatenate([room, victims])
        granted = {}
        for left, (producer, want) in zip(
            range(len(wants), 0, -1), sorted(wants.items(), key=itemgetter(1)), strict=True
        ):
            slots, room = np.split(room, [min(want, -(-len(room) // left))])
            self._give(producer, slots)
            granted[producer] = tuple(slots.tolist())
        return granted

    def commit(self, producer: bytes, simulation: int, step: int, slots: Slots, new: Mask) -> None:
        """Take over slots that their producer has written; it must hold them.

        Args:
            producer: who has written.
            simulation: whose consecutive steps they hold.
            step: the first of them.
            slots: where they are, shape (n,).
            new: which of them arrive for the first time, shape (n,); the others stay with the producer.
        """
        pool, arrived = self.pool, slots[new]
        pool.states[arrived], pool.uses[arrived] = UNSEEN, 0
        pool.simulation[arrived], pool.step[arrived] = simulation, step + np.flatnonzero(new)
        pool.arrivals[(pool.produced + np.arange(len(arrived))) % len(pool.arrivals)] = arrived
        pool.produced += len(arrived)
        pool.unseen += len(arrived)
        self._owner[arrived] = 0
        self._held[producer] -= len(arrived)
        self.granted -= len(arrived)
        if self._links:
            self._links.arrive(simulation, step, np.where(new, slots, -1))
            useless = arrived[~self._links.owes(arrived)]
            self._mark(useless)  # there is nothing to wait for, in no run
            self._drop(useless)
        else:
            pool.made += len(arrived)

    def release(self, producer: bytes) -> None:
        """Take back all slots that a producer holds without having committed them."""
        slots = np.flatnonzero(self._owner == self._numbers.pop(producer, -1))
        self._held.pop(producer, None)
        self._owner[slots] = 0
        self.pool.states[slots] = FREE
        self.granted -= len(slots)

    def give_up(self, simulation: int) -> None:
        """Nothing more of a simulation will come: its fields that wait for partners wait no longer."""
        if self._links:
            settled = self._links.give_up(simulation)
            settled = settled[~self._links.owes(settled)]
            drawn = self.pool.uses[settled] > 0
            self._see(settled[drawn])
            self._drop(settled[~drawn])

    def end(self) -> None:
        """Nothing more will come at all."""
        if self._links and not self._over:
            for simulation in self._links.incomplete():
                self.give_up(simulation)
            self._evict(orphans(self.pool))
        self._over = True

    def may_draw(self) -> bool:
        """Whether a batch may be drawn, or nothing is left to wait for."""
        return self.policy.may_draw(self.samples, over=self._over)

    def draw(self, size: int) -> Draw:
        """Draw up to `size` different samples; their fields stay as they are until `unpin`."""
        pool, counters = self.pool, self.counters
        made = self._carried.produced - self._carried.unpaired + pool.made
        draining = self.policy.drains(self.samples, counters.drawn, made, over=self._over)
        slots = self.policy.choose_batch(pool, size, self._rng)
        self._drawn += len(slots)
        if self._links:
            fresh, previous = self._draw_pairs(self._links, slots, draining=draining)
        else:
            fresh, previous = pool.states[slots] == UNSEEN, None
            pool.uses[slots] += 1
            self._see(slots[fresh])
            self._mark(slots[fresh])
            self._drain(slots[self.policy.leaves(pool.uses[slots], draining=draining)])
            pool.pinned[slots] = True
        return Draw(slots, pool.simulation[slots], pool.step[slots], fresh, previous)

    def unpin(self, draw: Draw) -> None:
        """The fields of a draw have been copied."""
        self.pool.pinned[draw.slots] = False
        if draw.previous is not None:
            self.pool.pinned[draw.previous] = False

    def _give(self, producer: bytes, slots: Slots) -> None:
        if producer not in self._numbers:
            self._numbered += 1
            self._numbers[producer], self._held[producer] = self._numbered, 0
        self.pool.states[slots] = WRITING
        self._owner[slots] = self._numbers[producer]
        self._held[producer] += len(slots)
        self.granted += len(slots)

    def _draw_pairs(self, links: Links, slots: Slots, *, draining: bool) -> tuple[Mask, Slots]:
        pool = self.pool
        fresh, previous = links.draw(slots)
        pool.uses[slots] += 1
        pool.uses[previous] += 1
        fields = np.unique(np.concatenate([slots, previous]))
        pool.pinned[fields] = True
        seen = fields[(pool.states[fields] == UNSEEN) & ~links.owes(fields)]
        self._see(seen)
        self._mark(seen[links.complete(seen)])
        links.cut(slots[self.policy.leaves(pool.uses[slots], draining=draining)])
        if draining:
            self._drain(fields[(pool.previous[fields] < 0) & (pool.following[fields] < 0)])
        return fresh, previous

    def _see(self, slots: Slots) -> None:
        self.pool.states[slots] = SEEN
        self.pool.unseen -= len(slots)
        self.pool.seen += len(slots)

    def _mark(self, slots: Slots) -> None:
        self.used[self.pool.simulation[slots], self.pool.step[slots]] = True

    def _drain(self, slots: Slots) -> None:
        self.pool.states[slots] = FREE
        self.pool.seen -= len(slots)
        self._drained += len(slots)

    def _evict(self, slots: Slots) -> None:
        if self._links:
            self._links.leave(slots)
        self.pool.states[slots] = FREE
        self.pool.seen -= len(slots)
        self._evicted += len(slots)

    def _drop(self, slots: Slots) -> None:
        self.pool.states[slots] = FREE
        self.pool.unseen -= len(slots)
        self._unpaired += len(slots)
