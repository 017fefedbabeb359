"""Policies side by side: by hand on two requests, and what is refused."""

from pathlib import Path

import pytest

from scheduling.comparison import as_table, compare
from scheduling.estimators.estimator import EstimatorError
from scheduling.policies import PolicyError
from scheduling.request import Request
from scheduling.resources import ResourceError, Resources
from scheduling.server import ServerError
from scheduling.simulator import Arrival, SimulationError
from scheduling.traces import Trace


def arrival(name, submitted, seconds, estimate, cpu=2, **others):
    needs = Resources(cpu=cpu, mem=1000)
    return Arrival(Request(name, "u", needs, submitted, estimate, **others), seconds)


TRACE = Trace(
    Path("here.csv"),
    (arrival("first", 0, 10, 10), arrival("long", 1, 20, 5, deadline=31), arrival("short", 2, 2, 8, deadline=13)),
    (),
)
ROOM = Resources(cpu=2)


def test_figures_by_hand():
    """On one host two by two; the long one claims to be shorter, so that only who knows better puts it last."""
    declared = compare(TRACE, ["fifo", "edd"], ROOM)
    assert declared["fifo"] == {
        "mean response, s": pytest.approx((10 + 29 + 30) / 3),
        "median response, s": 29,
        "95 % respond within, s": pytest.approx(29.9),
        "bounded slowdown": pytest.approx((1 + 29 / 20 + 30 / 10) / 3),
        "DVR, later than fifo": 0,
        "DSR, earlier than fifo": 0,
        "total tardiness, s": 19,
        "cpu held, %": pytest.approx(100),
    }
    assert declared["edd"]["total tardiness, s"] == 1
    assert declared["edd"]["DVR, later than fifo"] == pytest.approx(2 / 29)
    assert declared["edd"]["DSR, earlier than fifo"] == pytest.approx(20 / 30)
    assert compare(TRACE, ["uwfq"], ROOM)["uwfq"]["mean response, s"] == pytest.approx(69 / 3)
    assert compare(TRACE, ["uwfq"], ROOM, estimates="perfect")["uwfq"]["mean response, s"] == pytest.approx(51 / 3)
    assert compare(TRACE, ["fifo"], ROOM, hosts=3, estimates="learnt")["fifo"]["mean response, s"] == 32 / 3


def test_tables_line_up():
    first, second = as_table({"fifo": {"mean": 1, "longer name": 2000.5}}).splitlines()[1:]
    assert first == "mean               1.00"
    assert second == "longer name    2,000.50"


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"policies": ["fifoo"]}, PolicyError, "There is no policy 'fifoo'"),
        (
            {"capacity": Resources(memm=1)},
            ResourceError,
            "no resource 'memm'; the names are cpu, mem. Did you mean mem?",
        ),
        ({"estimates": "true"}, EstimatorError, "no kind of estimates 'true'; the names are declared, perfect, learnt"),
        ({"hosts": 0}, ServerError, "There are 0 hosts; there must be 1 or more"),
        ({"capacity": Resources(cpu=1)}, SimulationError, "first can never run. It needs 2 cpu"),
    ],
)
def test_mistakes_are_named(arguments, error, says):
    with pytest.raises(error, match=says):
        compare(**{"trace": TRACE, "policies": ["fifo"], "capacity": ROOM, **arguments})
