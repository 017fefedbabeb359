"""Who solves what: every set is handed out until it is complete or set aside, every step counts once."""

# ruff: noqa: D102 - the rules of a state machine are told by their names

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sims.roster import ATTEMPTS, Roster

SIMULATIONS, STEPS = 4, 6
PRODUCERS = (b"x", b"y", b"z")
producers = st.sampled_from(PRODUCERS)


def roster(simulations=SIMULATIONS, **settings):
    return Roster(np.arange(simulations * 2.0).reshape(-1, 2), ("a", "b"), STEPS, **settings)


class Life(RuleBasedStateMachine):
    """Producers that take, put, put twice, leave and die, on a study that may go on from an interrupted one."""

    @initialize(
        share=st.none() | st.sets(st.integers(0, SIMULATIONS - 1)),
        done=st.sets(st.integers(0, SIMULATIONS - 1)),
        partial=st.dictionaries(
            st.integers(0, SIMULATIONS - 1), st.lists(st.booleans(), min_size=STEPS, max_size=STEPS), max_size=3
        ),
        attempts=st.integers(1, 4),
    )
    def begin(self, share, done, partial, attempts):
        self.attempts = attempts
        self.share = set(range(SIMULATIONS)) if share is None else share
        masks = {simulation: np.array(had) for simulation, had in partial.items()}
        self.book = roster(share=share, done=done, partial=masks, attempts=attempts)
        had = {(s, step) for s, mask in masks.items() for step in np.flatnonzero(mask).tolist()}
        self.arrived = {(s, step) for s, step in had if s in self.share}
        self.arrived |= {(s, step) for s in done & self.share for step in range(STEPS)}
        self.deaths = dict.fromkeys(range(SIMULATIONS), 0)
        self.at: dict[bytes, int] = {}  # the step that each producer puts next

    def whole(self, simulation):
        return all((simulation, step) in self.arrived for step in range(STEPS))

    @rule(producer=producers, named=st.none() | st.integers(0, SIMULATIONS - 1))
    def hand_out(self, producer, named):
        if self.book.held_by(producer) is not None:
            return
        simulation = self.book.hand_out(producer, named)
        if simulation is None:
            return
        assert simulation in self.share
        assert named in {None, simulation}
        assert not self.whole(simulation)
        assert simulation not in self.book.set_aside
        assert self.book.holder(simulation) == producer
        assert not self.book.closed
        kept = self.book.kept(simulation)
        self.at[producer] = self.book.owed[simulation] if kept is None else kept[0] + 1

    @rule(producer=producers, back=st.integers(0, STEPS), count=st.integers(1, STEPS))
    def put(self, producer, back, count):
        """Some steps at once; `back` of them a second time."""
        simulation = self.book.held_by(producer)
        if simulation is None:
            return
        step = int(max(0, self.at[producer] - back))
        steps = range(step, min(step + count, STEPS))
        if not steps:
            return
        new = self.book.arrive(simulation, step, len(steps))
        assert new.tolist() == [(simulation, step) not in self.arrived for step in steps]
        self.arrived |= {(simulation, step) for step in steps}
        self.at[producer] = max(self.at[producer], steps.stop)

    @rule(producer=producers, step=st.integers(0, STEPS - 1))
    def keep(self, producer, step):
        simulation = self.book.held_by(producer)
        if simulation is not None:
            self.book.keep(simulation, step, b"state")

    @rule(producer=producers, dies=st.booleans())
    def release(self, producer, dies):
        simulation = self.book.held_by(producer)
        self.book.release(producer, "killed" if dies else None)
        if simulation is not None:
            self.deaths[simulation] += dies and not self.whole(simulation)
            assert self.book.held_by(producer) is None

    @rule()
    def close(self):
        self.book.close()

    @invariant()
    def what_arrived_is_known(self):
        for simulation in self.share:
            expected = [(simulation, step) in self.arrived for step in range(STEPS)]
            assert self.book.received(simulation).tolist() == expected
            assert self.book.owed[simulation] == (STEPS if all(expected) else expected.index(False))
            kept = self.book.kept(simulation)
            assert kept is None or kept[0] < self.book.owed[simulation] < STEPS
        assert self.book.complete == sum(map(self.whole, self.share))

    @invariant()
    def it_is_finished_if_and_only_if_nothing_can_come(self):
        running = {s for s in self.share if self.book.holder(s) is not None and not self.whole(s)}
        to_come = {s for s in self.share if not self.whole(s) and s not in self.book.set_aside and s not in running}
        assert self.book.finished == (not running and (self.book.closed or not to_come))
        assert set(self.book.set_aside) == {s for s, deaths in self.deaths.items() if deaths >= self.attempts}

    def teardown(self):
        """In the end somebody solves whatever is left."""
        if not hasattr(self, "book"):
            return
        for producer in PRODUCERS:
            self.book.release(producer)
        while (simulation := self.book.hand_out(b"last")) is not None:
            assert self.book.arrive(simulation, 0, STEPS).sum() > 0
            self.arrived |= {(simulation, step) for step in range(STEPS)}
            self.book.release(b"last", "too late to matter")
        assert self.book.finished
        if not self.book.closed:
            assert all(self.whole(s) != (s in self.book.set_aside) for s in self.share)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@given(st.lists(st.tuples(st.integers(0, STEPS), st.integers(1, STEPS)), max_size=12), st.integers(0, 2**STEPS - 1))
def test_over_all_runs_each_step_is_new_once(puts, used):
    had = np.array([bool(used >> step & 1) for step in range(STEPS)])
    book, counts = roster(1, partial={0: had}), had.astype(int)
    book.hand_out(b"x")
    for back, count in puts:
        step = max(0, int(book.owed[0]) - back)
        if step < STEPS:
            new = book.arrive(0, step, min(count, STEPS - step))
            counts[step : step + len(new)] += new
    np.testing.assert_array_equal(counts, book.received(0))


def test_a_set_that_kills_its_producer_is_set_aside_with_what_arrived():
    book = roster(1)
    for death in range(ATTEMPTS):
        assert not book.finished
        assert book.hand_out(b"p%d" % death) == 0
        if not death:
            book.arrive(0, 0, 1)
            book.keep(0, 0, b"state")
        book.release(b"p%d" % death, f"death {death}")
    assert book.finished
    assert book.kept(0) is None
    aside = book.set_aside[0]
    assert (aside.parameters, aside.steps, aside.reason) == ({"a": 0.0, "b": 1.0}, 1, "death 2")


def test_a_set_that_came_back_is_next():
    book = roster()
    assert [book.hand_out(b"x"), book.hand_out(b"y")] == [0, 1]
    book.release(b"x", "killed")
    assert book.hand_out(b"z") == 0


def test_a_named_simulation_is_had_once():
    book = roster()
    assert book.hand_out(b"x", 2) == 2
    assert book.hand_out(b"y", 2) is None
    assert book.holder(2) == b"x"


def test_what_an_earlier_run_did_is_not_done_again():
    book = roster(done=[0, 2])
    assert book.complete == 2
    assert [book.hand_out(b"x"), book.hand_out(b"y"), book.hand_out(b"z")] == [1, 3, None]


def test_who_puts_its_last_steps_a_second_time_holds_the_simulation_until_it_is_through():
    book = roster(1, partial={0: np.array([False, True, False, False, True, True])})
    book.hand_out(b"x")
    assert book.arrive(0, 0, 2).tolist() == [True, False]
    assert book.arrive(0, 2, 2).tolist() == [True, True]
    assert book.finished
    assert book.held_by(b"x") == 0
    assert book.arrive(0, 4, 2).tolist() == [False, False]
    book.release(b"x", "died after its last new step")
    assert not book.set_aside
    assert book.hand_out(b"y") is None


@pytest.mark.parametrize(("step", "kept"), [(0, True), (2, True), (3, False), (5, False)])
def test_a_state_from_beyond_the_owed_step_is_not_gone_on_from(step, kept):
    book = roster()
    book.hand_out(b"x")
    book.arrive(0, 0, 3)
    book.keep(0, step, b"state")
    assert book.kept(0) == ((step, b"state") if kept else None)


def test_trainer_ranks_share_a_design_without_overlap():
    shares = [roster(share=range(rank, SIMULATIONS, 2)) for rank in range(2)]
    handed = [[book.hand_out(b"x"), book.hand_out(b"y"), book.hand_out(b"z")] for book in shares]
    assert handed == [[0, 2, None], [1, 3, None]]
    assert [book.complete for book in shares] == [0, 0]


def test_when_the_budget_is_used_up_what_runs_may_end_and_nothing_is_begun():
    book = roster()
    book.hand_out(b"x")
    book.close()
    assert book.hand_out(b"y") is None
    assert not book.finished
    book.arrive(0, 0, STEPS)
    assert book.finished
