"""Backfilling: what overtakes the head does not delay it, and nothing that could overtake is left waiting."""

from dataclasses import replace

from hypothesis import given

from scheduling.occupancy import Occupancy
from scheduling.policies import build_policy
from scheduling.request import Request, Running, View
from scheduling.resources import Resources
from scheduling.server import Server
from tests.scheduling.views import free_after, views


def carried_out(view, decisions):
    """The view after the starts."""
    speed = {server.name: server.speed for server in view.servers}
    started = [decision for decision in decisions if decision.verdict == "start"]
    running = [
        Running(
            decision.request,
            decision.server,
            view.now,
            None
            if decision.request.estimate is None
            else view.now + decision.request.estimate / speed[decision.server],
        )
        for decision in started
    ]
    waiting = tuple(request for request in view.waiting if request not in {decision.request for decision in started})
    return replace(view, waiting=waiting, running=(*view.running, *running))


def earliest_start(view, request):
    room = Occupancy(replace(view, waiting=(request,)))
    return room.reserve(room.needs([request])[0]).time


@given(views())
def test_the_head_is_not_delayed(view):
    decisions = build_policy("backfill").decide(view)
    head = next((decision for decision in decisions if decision.verdict == "wait"), None)
    if head is not None:
        prefix = [decision for decision in decisions[: decisions.index(head)] if decision.verdict == "start"]
        promised = earliest_start(carried_out(view, prefix), head.request)
        assert earliest_start(carried_out(view, decisions), head.request) == promised
        assert head.expected_start == (promised if promised < float("inf") else None)


@given(views())
def test_no_more_waits_than_must(view):
    """One more start would not fit, or would delay the head."""
    decisions = build_policy("backfill").decide(view)
    waiting = [decision.request for decision in decisions if decision.verdict == "wait"]
    free = free_after(view, decisions)
    for request in waiting[1:]:
        for server in view.servers:
            if request.needs.fits(free[server.name]):
                end = None if request.estimate is None else view.now + request.estimate / server.speed
                before = replace(carried_out(view, decisions), waiting=())
                after = replace(before, running=(*before.running, Running(request, server.name, view.now, end)))
                # An unknown end stays unknown however long one waits; there the head's needs are kept free instead.
                promised = earliest_start(before, waiting[0])
                assert earliest_start(after, waiting[0]) > promised or promised == float("inf") or end is None


def test_short_and_small_requests_overtake_a_wide_one():
    host = Server("host", Resources(cpu=4, gpu=1))
    running = (Running(Request("r", "u", Resources(cpu=3), 0), "host", 0, 100),)
    wide = Request("wide", "u", Resources(cpu=3, gpu=1), 1, estimate=10)
    short = Request("short", "u", Resources(cpu=1, gpu=1), 2, estimate=100)
    long = replace(short, id="long", submitted=3, estimate=101)
    beside = replace(long, id="beside", submitted=4, needs=Resources(cpu=1))
    unknown = replace(short, id="unknown", submitted=2, estimate=None)

    def started(*requests):
        decisions = build_policy("backfill").decide(View((wide, *requests), (host,), running))
        return {decision.request.id: decision.reason for decision in decisions if decision.verdict == "start"}

    assert started(short) == {"short": "It goes after wide, but does not delay its start on host."}
    assert started(long) == {}
    assert started(unknown) == {}
    assert started(beside).keys() == {"beside"}
    assert started(short, beside).keys() == {"short"}  # no cpu is left


def test_what_is_overdue_promises_nothing():
    """A run that should have ended may end at any moment, so nothing that needs its place may begin."""
    host = Server("host", Resources(cpu=2))
    running = (Running(Request("r", "u", Resources(cpu=1), 0), "host", 0, 50),)
    wide = Request("wide", "u", Resources(cpu=2), 0, estimate=5)
    short = Request("short", "u", Resources(cpu=1), 1, estimate=1)
    decisions = build_policy("backfill").decide(View((wide, short), (host,), running, now=60))
    assert [decision.verdict for decision in decisions] == ["wait", "wait"]
    assert decisions[1].reason == "It goes after wide, whose start on host it would delay."
