"""Fair shares: the ranking is that of starting one by one for whoever holds least."""

from collections import defaultdict

import pytest
from hypothesis import given

from scheduling.occupancy import Occupancy
from scheduling.policies.fair import Fair, job_of, user_of
from scheduling.request import Request, View
from scheduling.resources import Resources
from scheduling.server import Server
from tests.scheduling.views import views


def one_by_one(view, levels, weights):
    """Start one request at a time, whatever fits: of the level's owner that holds least, outermost level first."""
    total = sum((server.capacity for server in view.servers), Resources())
    held = defaultdict(float)
    for running in view.running:
        for level in levels:
            held[level(running.request)] += running.request.needs.share(total)
    left = sorted(view.waiting, key=lambda request: (request.submitted, request.id))
    first_seen = {}
    for request in left:
        for level in levels:
            first_seen.setdefault(level(request), len(first_seen))
    served = []
    while left:
        pool = left
        for level in levels:
            least = min(held[level(request)] / weights.get(request.user, 1) for request in pool)
            pool = [request for request in pool if held[level(request)] / weights.get(request.user, 1) == least]
        served.append(pool[0])
        for level in levels:
            held[level(pool[0])] += pool[0].needs.share(total)
        left.remove(pool[0])
    return served


@given(views())
def test_users_with_least_go_next(view):
    possible = [request for request in view.waiting if any(request.needs.fits(s.capacity) for s in view.servers)]
    view = View(tuple(possible), view.servers, view.running, view.now)
    arrivals = sorted(possible, key=lambda request: (request.submitted, request.id))
    weights = {"a": 2.0}
    ranked = Fair((user_of,), weights)(arrivals, Occupancy(view)).requests
    order = {request.id: position for position, request in enumerate(ranked)}
    expected = {request.id: position for position, request in enumerate(one_by_one(view, (user_of,), weights))}
    assert order == expected


def jobs(*names):
    """Unit requests by the first letter's user, of the job that the name is."""
    return tuple(
        Request(f"{number}{name}", name[0], Resources(slot=1), number, group=name) for number, name in enumerate(names)
    )


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((user_of,), ["a1", "b1", "a1", "a2"]),
        ((user_of, job_of), ["a1", "b1", "a2", "a1"]),
        ((job_of,), ["a1", "a2", "b1", "a1"]),
    ],
    ids=["fair", "ujf", "job_fair"],
)
def test_levels(levels, expected):
    arrivals = jobs("a1", "a1", "a2", "b1")
    view = View(arrivals, (Server("host", Resources(slot=4)),))
    assert [request.group for request in Fair(levels)(arrivals, Occupancy(view)).requests] == expected


def test_what_runs_counts():
    view = View(jobs("a1", "b1"), (Server("host", Resources(slot=4)),))
    ranking = Fair()(view.waiting, Occupancy(view))
    assert ranking.why(0) == "a holds least per weight, 0.0% before it"
