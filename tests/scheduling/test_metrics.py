"""Measures of a schedule, by hand."""

import pytest

from scheduling import metrics
from scheduling.request import Request
from scheduling.resources import Resources
from scheduling.server import Server
from scheduling.simulator import Run


def run(name, submitted, started, ended, **fields):
    return Run(Request(name, "u", Resources(slot=1), submitted, **fields), "s", started, ended)


RUNS = [run("a", 0, 0, 10, deadline=4), run("b/0", 2, 2, 4, group="b"), run("b/1", 2, 10, 12, group="b", deadline=99)]


def test_jobs_respond_when_their_last_piece_ends():
    responses = metrics.response_times(RUNS)
    assert responses == {"a": 10, "b": 10}
    assert metrics.mean({"a": 1, "b": 2}) == 1.5
    assert metrics.percentile({"a": 1, "b": 2, "c": 4}, 50) == 2


def test_slowdown_is_bounded_below_and_for_short_runs():
    assert metrics.bounded_slowdown([run("a", 0, 10, 30), run("b", 0, 19, 20), run("c", 0, 0, 1)]) == (1.5 + 2 + 1) / 3


def test_violation_and_slack_are_means_over_the_jobs_they_concern():
    reference = {"later": 10.0, "much later": 10.0, "earlier": 10.0, "equal": 10.0}
    values = {"later": 11.0, "much later": 20.0, "earlier": 5.0, "equal": 10.0}
    assert metrics.violation_ratio(values, reference) == pytest.approx((0.1 + 1.0) / 2)
    assert metrics.slack_ratio(values, reference) == pytest.approx(0.5)
    assert metrics.violation_ratio(reference, reference) == 0


def test_tardiness_and_utilisation():
    assert metrics.total_tardiness(RUNS) == 6
    servers = (Server("s", Resources(slot=2, cpu=1)), Server("t", Resources(slot=2)))
    assert metrics.utilisation(RUNS, servers) == {"cpu": 0, "slot": pytest.approx(14 / (4 * 12))}


def test_nothing_ran():
    assert metrics.response_times([]) == {}
    assert metrics.mean({}) == metrics.percentile({}, 95) == metrics.bounded_slowdown([]) == 0
    assert metrics.utilisation([], ()) == {}
