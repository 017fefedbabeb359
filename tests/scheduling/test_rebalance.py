"""Rebalancing: moves fit, make loads more alike, and never go back and forth."""

from dataclasses import replace

import pytest
from hypothesis import given

from scheduling.policies import build_policy
from scheduling.request import Request, Running, View
from scheduling.resources import Resources
from scheduling.server import Server
from scheduling.simulator import Arrival, Hosts, simulate
from tests.scheduling.views import free_after, views


def after(view, moves):
    """The view once requests have moved."""
    target = {move.request.id: move.server for move in moves}
    running = tuple(replace(run, server=target.get(run.request.id, run.server)) for run in view.running)
    return replace(view, running=running)


def loads(view):
    free = free_after(view, ())
    shares = {server.name: (server.capacity - free[server.name]).share(server.capacity) for server in view.servers}
    return sorted(shares.values())


@given(views(most=0))
def test_moves_fit_and_end(view):
    view = replace(
        view, running=tuple(replace(run, request=replace(run.request, movable=True)) for run in view.running)
    )
    for _ in range(20):
        moves = build_policy("rebalancing").decide(view)
        if not moves:
            return
        moved = after(view, moves)
        assert loads(moved)[-1] <= loads(view)[-1] + 1e-9  # raises in there if it does not fit
        view = moved
    pytest.fail("requests are moved for ever")


def test_only_what_is_movable_moves_and_the_reason_is_given():
    servers = (Server("full", Resources(cpu=4)), Server("empty", Resources(cpu=4)))
    fixed = Request("fixed", "u", Resources(cpu=1), 0)
    movable = Request("movable", "u", Resources(cpu=1), 0, movable=True)
    large = Request("large", "u", Resources(cpu=2), 0, movable=True)
    running = tuple(Running(request, "full", 0, None) for request in (fixed, movable, large))
    (move,) = build_policy("rebalancing").decide(View((), servers, running))
    assert (move.request, move.verdict, move.server) == (large, "move", "empty")
    assert move.reason == "full is held to 100%, empty to 0%; this makes them more alike."
    assert build_policy("rebalancing").decide(View((), servers, running[:1])) == ()


def test_a_moved_request_goes_on_from_where_it_was():
    """Two run on the slow host, one of them until the fast one is free; 7 of its 20 s of work are done by then."""
    hosts = Hosts((Server("fast", Resources(cpu=4), speed=2.0), Server("slow", Resources(cpu=4))))
    works = {"first": (4, 16), "second": (2, 20), "third": (2, 20)}
    arrivals = [
        Arrival(Request(name, "u", Resources(cpu=cpu), number, estimate=work, movable=True), work)
        for number, (name, (cpu, work)) in enumerate(works.items())
    ]
    runs = simulate(arrivals, build_policy("rebalancing"), hosts)
    spans = [(run.request.id, run.server, run.started, run.ended) for run in runs]
    assert spans == [
        ("first", "fast", 0, 8),
        ("second", "slow", 1, 8),
        ("second", "fast", 8, 14.5),
        ("third", "slow", 2, 22),
    ]
