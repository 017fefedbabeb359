"""HEFT: the published example, valid plans, and no gap left that would have been better."""

import pytest
from hypothesis import given

from scheduling.graph import Graph, Step, makespan
from scheduling.heft import heft, upward_ranks
from tests.scheduling.graphs import CASE, assert_valid, graphs, steps_of


def test_the_published_example():
    graph = Graph(steps_of(CASE))
    plan = heft(graph)
    assert makespan(plan) == CASE["makespan"]
    assert_valid(graph, plan, graph.seconds)
    # Table 1 of the paper
    published = [108, 77, 80, 80, 69, 63.333, 42.667, 35.667, 44.333, 14.667]
    assert upward_ranks(graph) == pytest.approx(published, abs=5e-4)


@given(graphs())
def test_plans_are_valid(graph):
    assert_valid(graph, heft(graph), graph.seconds)


@given(graphs())
def test_no_worse_than_the_sum_and_no_better_than_the_longest_path(graph):
    longest = {}
    for step in reversed(graph.order):
        longest[step] = graph.seconds[step].min() + max((longest[next_] for next_ in graph.successors[step]), default=0)
    end = makespan(heft(graph))
    assert max(longest.values()) <= end
    if graph.seconds.shape[1] == 1:
        assert end == graph.seconds.sum()


def test_a_short_step_goes_into_a_gap():
    """What comes last in rank fills the time in which a processor waits for data."""
    steps = [Step("a", [4, 9]), Step("b", [9, 4], {"a": 3}), Step("c", [2, 2])]
    plan = {steps[run.step].name: run for run in heft(Graph(steps))}
    assert (plan["b"].processor, plan["b"].start) == (1, 7)
    assert (plan["c"].processor, plan["c"].start) == (1, 0)
