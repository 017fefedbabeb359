"""Deadlines move requests ahead within the share of their user, and never beyond."""

from hypothesis import given

from scheduling.occupancy import Occupancy
from scheduling.policies import build_policy, fifo
from scheduling.policies.urgent import Urgent
from scheduling.request import Request, Running, View
from scheduling.resources import Resources
from scheduling.server import Server
from tests.scheduling.views import views

MACHINE = Server("m", Resources(cpu=8))


def request(name, user="u", cpu=1, **fields) -> Request:
    """One that was submitted at 0 and takes 10 s."""
    return Request(name, user, Resources(cpu=cpu), fields.pop("submitted", 0.0), fields.pop("estimate", 10.0), **fields)


def ranked(waiting, running=(), now=100.0, **settings):
    """Names in the order of first in, first out, with urgent ones at its front."""
    room = Occupancy(View(tuple(waiting), (MACHINE,), tuple(running), now))
    ranking = Urgent(fifo.order, **settings)(list(waiting), room)
    return [one.id for one in ranking.requests]


def test_what_must_start_now_goes_first_and_what_can_wait_does_not():
    queue = [request("a"), request("b", deadline=500), request("c", deadline=120), request("d", "v", deadline=115)]
    assert ranked(queue) == ["d", "c", "a", "b"]


def test_a_user_who_holds_its_share_does_not_get_more_by_deadlines():
    holder = Running(request("r", cpu=4), "m", 0.0, None)
    queue = [request("x", "v"), request("late", deadline=1), request("mine", "v", deadline=1)]
    assert ranked(queue, [holder]) == ["mine", "x", "late"]
    assert ranked(queue, [holder], weights={"u": 3.0}) == ["late", "mine", "x"]


def test_who_holds_nothing_may_have_one_however_wide():
    queue = [request("x", "v"), request("wide", cpu=8, deadline=1), request("more", cpu=8, deadline=1)]
    assert ranked(queue) == ["wide", "x", "more"]


def test_without_a_deadline_it_is_urgent_after_a_day():
    queue = [request("young", "v", submitted=86_000.0), request("old")]
    assert ranked(queue, now=86_500.0) == ["old", "young"]


@given(views())
def test_nothing_is_lost_and_the_rest_keeps_its_order(view):
    room = Occupancy(view)
    arrivals = sorted(view.waiting, key=lambda one: (one.submitted, one.id))
    before = [one.id for one in fifo.order(arrivals, room).requests]
    after = [one.id for one in Urgent(fifo.order)(arrivals, room).requests]
    assert sorted(before) == sorted(after)
    build_policy("punctual").decide(view)
