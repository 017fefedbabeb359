"""Who solves what: every set is handed out until it is done or set aside, every step counts once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sims.roster import ATTEMPTS, Roster, Verdict

STEPS = 3


def roster(simulations=4, done=()):
    return Roster(np.arange(simulations * 2.0).reshape(-1, 2), ("a", "b"), STEPS, done)


EVENTS = st.tuples(st.sampled_from((b"x", b"y")), st.sampled_from(("step", "step", "die", "leave")))


@given(st.lists(EVENTS, max_size=60))
def test_under_any_order_of_deaths_every_step_counts_once(events):
    book, arrived = roster(), []
    for producer, event in [*events, *[(b"z", "step")] * 40]:  # in the end someone solves what is left
        simulation = book.held_by(producer)
        if producer == b"z":
            book.release(b"x")
            book.release(b"y")
        if simulation is None:
            book.hand_out(producer)
        elif event == "step":
            step = int(book.owed[simulation])
            assert book.judge(simulation, step) is Verdict.NEW
            assert book.judge(simulation, step + 1) is Verdict.GAP
            book.arrived(simulation)
            arrived.append((simulation, step))
            assert book.judge(simulation, step) is Verdict.DUPLICATE
        else:
            book.release(producer, "killed" if event == "die" else None)
    assert book.finished
    assert len(arrived) == len(set(arrived)) == int(book.owed.sum())
    for simulation in range(4):
        assert (book.owed[simulation] == STEPS) != (simulation in book.set_aside)


def test_a_set_that_kills_its_producer_is_set_aside_with_what_arrived():
    book = roster(1)
    for death in range(ATTEMPTS):
        assert not book.finished
        assert book.hand_out(b"p%d" % death) == 0
        if not death:
            book.arrived(0)
        book.release(b"p%d" % death, f"death {death}")
    assert book.finished
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
