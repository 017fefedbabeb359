"""The promises of every buffer, under any order of grants, commits, draws, deaths and simulations set aside."""

# ruff: noqa: D102 - the rules of a state machine are told by their names

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from surrogate.buffers import build_policy
from surrogate.buffers.pool import FREE, SEEN, UNSEEN, WRITING
from surrogate.slots import SlotTable

CAPACITY, SIMULATIONS, STEPS = 14, 5, 9
producers = st.sampled_from([b"x", b"y"])


def commit(table, producer, simulation, step, slots, new=None):  # noqa: PLR0917 - as the table's
    new = np.ones(len(slots), bool) if new is None else new
    table.commit(producer, simulation, step, np.array(slots, np.int64), new)


def grant(table, producer, count=1):
    return table.grant({producer: count}, count)[producer]


def drain(table, size=5):
    """Everything that is drawn at the end."""
    table.end()
    while not table.exhausted:
        draw = table.draw(size)
        assert len(draw.slots)
        assert table.counters.balanced
        yield draw
        table.unpin(draw)


class Life(RuleBasedStateMachine):
    """A slot table between two producers that stream, repeat, die and are set aside, and a trainer that draws."""

    name, repeats, distance = "reservoir", 1.0, 1

    def __init__(self):
        super().__init__()
        self.drawing = None
        self.content = {}  # slot -> (simulation, step)
        self.running = {}  # producer -> [simulation, next step]
        self.pending = list(range(SIMULATIONS))
        self.arrived, self.given_up = [], set()
        self.draws = Counter()  # sample, by its later field -> draws
        self.fresh = Counter()

    @initialize(used=st.lists(st.booleans(), min_size=SIMULATIONS * STEPS, max_size=SIMULATIONS * STEPS))
    def begin(self, used):
        self.earlier = np.array(used).reshape(SIMULATIONS, STEPS)
        if self.name == "pairs":  # there a step is used when every pair that it belongs to was drawn
            drawn = self.earlier.copy()
            k = self.distance
            self.earlier = np.ones_like(drawn)
            self.earlier[:, k:] &= drawn[:, k:]
            self.earlier[:, :-k] &= drawn[:, k:]
            self.pair_drawn = self.earlier.copy()  # all that an interrupted run leaves behind of them
            self.pair_drawn[:, k:] |= self.earlier[:, :-k]
        policy = build_policy(self.name, watermark=1, repeats=self.repeats, distance=self.distance)
        self.table = SlotTable(CAPACITY, policy, np.random.default_rng(0), self.earlier.copy())

    @rule(x=st.integers(1, 6), y=st.integers(1, 6), most=st.integers(1, 12))
    def grant(self, x, y, most):
        before = self.table.pool.states.copy()
        granted = self.table.grant({b"x": x, b"y": y}, most)
        slots = [*granted[b"x"], *granted[b"y"]]
        assert len(set(slots)) == len(slots) <= most
        assert np.isin(before[slots], [FREE, SEEN]).all()
        if self.drawing is None:
            assert len(slots) >= min(most, x + y, np.count_nonzero(before == FREE))
        if len(slots) < min(most, x + y):  # nobody is favoured
            assert (
                abs(len(granted[b"x"]) - len(granted[b"y"])) <= 1 or len(granted[b"x"]) == x or len(granted[b"y"]) == y
            )

    @precondition(lambda self: self.pending)
    @rule(producer=producers)
    def assign(self, producer):
        if producer not in self.running:
            self.running[producer] = [self.pending.pop(0), 0]

    @rule(producer=producers, count=st.integers(1, 5))
    def commit(self, producer, count):
        if producer not in self.running:
            return
        simulation, step = self.running[producer]
        slots = np.flatnonzero(self.table._owner == self.table._numbers.get(producer, -1))[: min(count, STEPS - step)]
        if not len(slots):
            return
        assert self.table.holds(producer, slots.tolist())
        steps = np.arange(step, step + len(slots))
        new = ~self.earlier[simulation, steps] & np.array([(simulation, s) not in self.arrived for s in steps])
        commit(self.table, producer, simulation, step, slots, new)
        for slot, s in zip(slots[new].tolist(), steps[new].tolist(), strict=True):
            self.content[slot] = (simulation, s)
            self.arrived.append((simulation, s))
        self.running[producer][1] += len(slots)
        if self.running[producer][1] == STEPS:
            del self.running[producer]

    @rule(producer=producers, back=st.integers(0, 3))
    def die(self, producer, back):
        self.table.release(producer)
        assert not self.table.held(producer)
        if producer in self.running:  # another goes on, and may repeat some steps
            simulation, step = self.running.pop(producer)
            self.running[b"y" if producer == b"x" and b"y" not in self.running else producer] = [
                simulation,
                max(0, step - back),
            ]

    @rule(producer=producers)
    def set_aside(self, producer):
        if producer in self.running:
            self.table.release(producer)
            simulation, _ = self.running.pop(producer)
            self.table.give_up(simulation)
            self.given_up.add(simulation)

    @precondition(lambda self: self.drawing is None)
    @rule(size=st.integers(1, 5))
    def draw(self, size):
        draw = self.table.draw(size)
        self.note(draw)
        self.drawing = draw, {slot: self.content[slot] for slot in self.fields(draw)}

    @precondition(lambda self: self.drawing is not None)
    @rule()
    def copied(self):
        draw, content = self.drawing
        assert content == {slot: self.content[slot] for slot in content}  # nobody wrote there meanwhile
        assert not (self.table.pool.states[self.fields(draw)] == WRITING).any()
        self.table.unpin(draw)
        self.drawing = None

    def fields(self, draw):
        return [*draw.slots.tolist(), *([] if draw.previous is None else draw.previous.tolist())]

    def note(self, draw):
        """Check a draw against what was written, and count it."""
        assert len(set(draw.slots.tolist())) == len(draw.slots)
        for i, slot in enumerate(draw.slots.tolist()):
            sample = (int(draw.simulation[i]), int(draw.step[i]))
            assert self.content[slot] == sample
            if draw.previous is not None:
                assert self.content[int(draw.previous[i])] == (sample[0], sample[1] - self.distance)
            assert draw.fresh[i] == (self.draws[sample] == 0)
            self.draws[sample] += 1

    def expected(self):
        """Samples that must be drawn, by their later fields."""
        return set(self.arrived)

    def in_buffer(self):
        return {self.content[slot] for slot in np.flatnonzero(self.table.pool.states >= UNSEEN).tolist()}

    @invariant()
    def every_field_is_accounted_for(self):
        if not hasattr(self, "table"):
            return
        counters, states = self.table.counters, self.table.pool.states
        assert counters.balanced
        assert counters.produced == len(self.arrived) == len(set(self.arrived))
        assert counters.unseen == np.count_nonzero(states == UNSEEN)
        assert counters.seen == np.count_nonzero(states == SEEN)
        assert counters.drawn == sum(self.draws.values())
        assert self.table.granted == np.count_nonzero(states == WRITING)
        assert self.table.granted == self.table.held(b"x") + self.table.held(b"y")

    @invariant()
    def no_field_is_lost_unseen(self):
        if hasattr(self, "table"):
            gone = set(self.arrived) - self.in_buffer()
            assert not [s for s in self.expected() & gone if not self.draws[s]]

    def teardown(self):
        if not hasattr(self, "table"):
            return
        if self.drawing:
            self.table.unpin(self.drawing[0])
        for producer in (b"x", b"y"):
            self.table.release(producer)
        for draw in drain(self.table):
            self.note(draw)
        counters = self.table.counters
        assert counters.unseen == counters.seen == 0
        assert {sample for sample, draws in self.draws.items() if draws} == self.expected()
        if self.name in {"reservoir", "count_aware"}:
            assert counters.drawn >= self.repeats * counters.produced
        self.check_uses()

    def check_uses(self):
        used = self.table.used
        for sample in self.expected():
            assert used[sample]
        assert (used >= self.earlier).all()


class Fifo(Life):
    """In the order of arrival, once."""

    name = "fifo"

    def note(self, draw):
        super().note(draw)
        drawn = list(self.draws)
        assert drawn == self.arrived[: len(drawn)]

    def check_uses(self):
        super().check_uses()
        assert set(self.draws.values()) <= {1}


class Firo(Life):
    """Exactly `repeats` times, rounded."""

    name, repeats = "firo", 2.6

    def check_uses(self):
        super().check_uses()
        assert set(self.draws.values()) <= {3}


class CountAware(Life):
    """As a reservoir."""

    name, repeats = "count_aware", 1.5


class Pairs(Life):
    """Every pair of fields that came is drawn, and none twice as fresh."""

    name, distance = "pairs", 1

    def expected(self):
        fields, k = set(self.arrived), self.distance
        return {(s, t) for s, t in fields if (s, t - k) in fields and not self.pair_drawn[s, t]}

    @invariant()
    def links_are_mutual_and_of_one_simulation(self):
        if hasattr(self, "table"):
            pool = self.table.pool
            later = np.flatnonzero(pool.previous >= 0)
            assert len(later) == pool.pairs
            assert len(later) == np.count_nonzero(pool.following >= 0)
            assert (pool.following[pool.previous[later]] == later).all()
            assert (pool.states[later] >= UNSEEN).all()
            assert (pool.states[pool.previous[later]] >= UNSEEN).all()

    @invariant()
    def no_field_is_lost_unseen(self):
        """Not even one whose pair is still to come."""
        if not hasattr(self, "table"):
            return
        k, held = self.distance, self.in_buffer()
        for s, t in set(self.arrived) - held:
            if t >= k and not self.pair_drawn[s, t] and (s, t - k) in self.arrived:
                assert self.draws[s, t]
            if t + k < STEPS and not self.pair_drawn[s, t + k] and s not in self.given_up:
                assert self.draws[s, t + k]

    def check_uses(self):
        """A field is used when all its pairs were drawn, so that an interrupted run goes on with the others."""
        k, used = self.distance, self.table.used
        for s, t in self.arrived:
            pairs = [(s, t)] * (t >= k) + [(s, t + k)] * (t + k < STEPS)
            done = all(self.draws[pair] or self.pair_drawn[pair] for pair in pairs)
            assert used[s, t] == done


class FarPairs(Pairs):
    """Steps in the middle have no partner at all."""

    distance = 5


class NextButOne(Pairs):
    """Two chains in one simulation."""

    distance = 2
    repeats = 1.7


for machine in (Life, Fifo, Firo, CountAware, Pairs, FarPairs, NextButOne):
    case = machine.TestCase
    case.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
    globals()[f"Test{machine.__name__}"] = case
del case
