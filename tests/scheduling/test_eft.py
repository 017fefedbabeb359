"""Online EFT: valid whatever steps really take, and it moves away from what is late."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scheduling.eft import next_starts, run_online, run_plan
from scheduling.graph import Assignment, Graph, Step, makespan
from scheduling.heft import heft, upward_ranks
from tests.scheduling.graphs import CASE, assert_valid, graphs, steps_of


@given(graphs(), st.data())
def test_both_ways_to_execute_are_valid(graph, data):
    actual = data.draw(arrays(np.float64, graph.seconds.shape, elements=st.integers(0, 9)))
    assert_valid(graph, run_online(graph, actual, upward_ranks(graph)), actual)
    assert_valid(graph, run_plan(graph, actual, heft(graph)), actual)


@given(graphs())
def test_a_plan_from_true_estimates_is_kept(graph):
    plan = heft(graph)
    assert makespan(run_plan(graph, graph.seconds, plan)) <= makespan(plan)


def test_the_published_example():
    graph = Graph(steps_of(CASE))
    assert makespan(run_plan(graph, graph.seconds, heft(graph))) == CASE["makespan"]


def test_a_late_step_moves_those_behind_it():
    """A plan would let b wait for a; online it goes to the idle processor once that is expected to be sooner."""
    graph = Graph([Step("a", [4, 9]), Step("b", [2, 7])])
    ranks = upward_ranks(graph)
    running = {0: Assignment(0, 0, 0, 4)}
    assert next_starts(graph, ranks, {}, running, 0) == []
    assert next_starts(graph, ranks, {}, running, 6) == []
    graph = Graph([Step("a", [4, 9]), Step("b", [6, 7])])
    assert next_starts(graph, ranks, {}, running, 0) == [Assignment(1, 1, 0, 7)]


def test_who_waits_for_a_processor_keeps_it_from_those_behind():
    graph = Graph([Step("a", [10, 90]), Step("b", [9, 80]), Step("c", [8, 20])])
    running = {0: Assignment(0, 0, 0, 10)}
    (start,) = next_starts(graph, upward_ranks(graph), {}, running, 0)
    assert start == Assignment(2, 1, 0, 20)
