"""The reservoir's promises, under any order of grants, commits, draws and deaths."""

# ruff: noqa: D102 - the rules of a state machine are told by their names

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from surrogate.reservoir import FREE, SEEN, UNSEEN, WRITING, choose_batch, choose_room, may_draw
from surrogate.slots import SlotTable

CAPACITY = 12
states_of = st.lists(st.sampled_from([FREE, WRITING, UNSEEN, SEEN]), min_size=1, max_size=40).map(
    lambda states: np.array(states, np.uint8)
)
generators = st.integers(0, 2**32).map(np.random.default_rng)


@given(states_of, st.integers(0, 50), generators)
def test_a_batch_is_of_different_fields_that_are_there(states, size, rng):
    batch = choose_batch(states, size, rng)
    population = np.count_nonzero(states >= UNSEEN)
    assert len(batch) == len(set(batch.tolist())) == min(size, population)
    assert (states[batch] >= UNSEEN).all()


@given(states_of, st.integers(0, 50), generators, st.data())
def test_room_is_never_made_of_unseen_or_pinned_fields_and_free_comes_first(states, count, rng, data):
    pinned = np.array(data.draw(st.lists(st.booleans(), min_size=len(states), max_size=len(states))))
    room = choose_room(states, pinned, count, rng)
    assert len(room) == len(set(room.tolist())) <= count
    assert np.isin(states[room], [FREE, SEEN]).all()
    assert not pinned[room].any()
    usable = np.isin(states, [FREE, SEEN]) & ~pinned
    assert len(room) == min(count, np.count_nonzero(usable))
    if (states[room] == SEEN).any():
        assert np.isin(np.flatnonzero((states == FREE) & ~pinned), room).all()


def test_the_watermark_holds_training_back_until_production_is_over():
    states = np.array([UNSEEN, SEEN, WRITING, FREE], np.uint8)
    assert may_draw(states, 2, over=False)
    assert not may_draw(states, 3, over=False)
    assert may_draw(states, 3, over=True)
    assert not may_draw(states[2:], 3, over=True)


def test_draws_are_uniform_over_seen_and_unseen():
    states = np.array([UNSEEN] * 5 + [SEEN] * 15, np.uint8)
    rng = np.random.default_rng(1)
    counts = np.bincount(np.concatenate([choose_batch(states, 4, rng) for _ in range(5000)]), minlength=20)
    assert counts == pytest.approx(1000, abs=4 * np.sqrt(1000))  # four standard deviations of a binomial count


class Life(RuleBasedStateMachine):
    """A slot table between producers that write and die, and a trainer that draws."""

    def __init__(self):
        super().__init__()
        self.table = SlotTable(CAPACITY, np.random.default_rng(0))
        self.number = 0
        self.arrived, self.used = [], set()
        self.drawing = None

    @rule(producer=st.sampled_from([b"x", b"y"]), count=st.integers(1, 6))
    def grant(self, producer, count):
        before = self.table.states.copy()
        slots = self.table.grant(producer, count)
        assert not (before[list(slots)] == UNSEEN).any()
        blocked = np.isin(before, [UNSEEN, WRITING]).all()
        if self.drawing is None:
            assert bool(slots) != blocked  # a producer waits only if nothing but unseen fields is left

    @rule(producer=st.sampled_from([b"x", b"y"]))
    def commit(self, producer):
        held = self.table.held(producer)
        if held:
            self.table.commit(producer, next(iter(held)), self.number, 0)
            self.arrived.append(self.number)
            self.number += 1

    @rule(producer=st.sampled_from([b"x", b"y"]))
    def die(self, producer):
        self.table.release(producer)
        assert not self.table.held(producer)

    @precondition(lambda self: self.drawing is None)
    @rule(size=st.integers(1, 5))
    def draw(self, size):
        slots = self.table.draw(size, drain=False)
        self.drawing = slots, self.table.simulation[slots]
        self.used.update(self.table.simulation[slots].tolist())

    @precondition(lambda self: self.drawing is not None)
    @rule()
    def copied(self):
        slots, numbers = self.drawing
        np.testing.assert_array_equal(self.table.simulation[slots], numbers)  # nobody wrote there meanwhile
        self.table.unpin(slots)
        self.drawing = None

    @invariant()
    def every_field_is_accounted_for(self):
        counters = self.table.counters
        assert counters.balanced
        assert counters.produced == len(self.arrived)
        writing = int(np.count_nonzero(self.table.states == WRITING))
        assert writing == self.table.granted

    @invariant()
    def no_field_is_lost_unseen(self):
        held = set(self.table.simulation[self.table.states >= UNSEEN].tolist())
        assert set(self.arrived) - held <= self.used

    def teardown(self):
        left = []
        while len(slots := self.table.draw(5, drain=True)):
            left += self.table.simulation[slots].tolist()
            self.table.unpin(slots)
            assert self.table.counters.balanced
        assert len(left) == len(set(left))  # without replacement
        counters = self.table.counters
        assert counters.unseen == counters.seen == 0
        assert self.used | set(left) == set(self.arrived)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_uses_are_as_the_ratio_of_draws_to_arrivals_says():
    """Steady state of notes 1.5: r draws an arrival give r uses a field, and an unseen share of 1 / r."""
    table, ratio, unseen = SlotTable(500, np.random.default_rng(0)), 4, []
    for arrival in range(6000):
        table.commit(b"x", table.grant(b"x", 1)[0], arrival, 0)
        if arrival >= 499:
            table.unpin(table.draw(ratio, drain=False))
            unseen.append(table.counters.unseen / 500)
    assert table.counters.drawn / table.counters.produced == pytest.approx(ratio, rel=0.1)
    assert np.mean(unseen[2000:]) == pytest.approx(1 / ratio, rel=0.05)
