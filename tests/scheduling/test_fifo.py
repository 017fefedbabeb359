"""First in, first out: the order is kept, and what starts fits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.policies.fifo import Fifo
from scheduling.request import Request, RequestError, View
from scheduling.resources import Resources

amounts = st.builds(lambda cpu, gpu: Resources(cpu=cpu, gpu=gpu), st.integers(0, 8), st.integers(0, 2))


@st.composite
def views(draw):
    capacity = draw(amounts)
    held = draw(amounts.filter(lambda held: held.fits(capacity)))
    count = draw(st.integers(0, 8))
    waiting = tuple(
        Request(str(number), draw(st.sampled_from("ab")), draw(amounts), draw(st.integers(0, 5)))
        for number in range(count)
    )
    return View(waiting, capacity - held, capacity)


@given(views())
def test_everyone_gets_one_decision_with_a_reason(view):
    decisions = Fifo().decide(view)
    assert sorted(decision.request.id for decision in decisions) == sorted(request.id for request in view.waiting)
    assert all(decision.reason.endswith(".") for decision in decisions)


@given(views())
def test_what_starts_fits_together(view):
    started = [decision.request.needs for decision in Fifo().decide(view) if decision.verdict == "start"]
    assert sum(started, Resources()).fits(view.free)


@given(views())
def test_nobody_is_overtaken(view):
    decisions = [decision for decision in Fifo().decide(view) if decision.verdict != "reject"]
    times = [decision.request.submitted for decision in decisions]
    assert times == sorted(times)
    verdicts = [decision.verdict for decision in decisions]
    assert verdicts == sorted(verdicts)  # "start" comes before "wait"


@given(views())
def test_only_the_impossible_is_rejected(view):
    for decision in Fifo().decide(view):
        assert (decision.verdict == "reject") == (not decision.request.needs.fits(view.capacity))


@given(views(), st.randoms(use_true_random=False))
def test_the_order_of_the_view_does_not_matter(view, random):
    shuffled = list(view.waiting)
    random.shuffle(shuffled)
    assert Fifo().decide(View(tuple(shuffled), view.free, view.capacity)) == Fifo().decide(view)


@given(views())
def test_an_idle_machine_always_starts_something(view):
    idle = View(view.waiting, view.capacity, view.capacity)
    verdicts = {decision.verdict for decision in Fifo().decide(idle)}
    assert "wait" not in verdicts or "start" in verdicts


def test_reasons_name_what_is_missing():
    one, two = (Request(name, "u", Resources(slot=1), time) for time, name in enumerate(["first", "second"]))
    decisions = Fifo().decide(View((two, one), Resources(), Resources(slot=1)))
    assert decisions[0].reason == "It is next, but 1 slot more must become free."
    assert decisions[1].reason == "first was submitted earlier and still waits."


def test_times_must_be_numbers():
    with pytest.raises(RequestError, match="deadline of request 'r' is nan"):
        Request("r", "u", Resources(), 0.0, deadline=math.nan)
    with pytest.raises(RequestError, match="estimate of request 'r' is -1 s"):
        Request("r", "u", Resources(), 0.0, estimate=-1)
