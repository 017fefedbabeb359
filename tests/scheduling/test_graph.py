"""Graphs say what is wrong with them."""

import math

import pytest

from scheduling.graph import Graph, GraphError, Step


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([], "The graph has no step; there must be one or more"),
        ([Step("a", [1]), Step("a", [1])], "Two steps have the name 'a'; it must be unique"),
        (
            [Step("a", [1, 2]), Step("b", [1])],
            "Step 'b' has 1 run times and step 'a' has 2; every step must have one a processor",
        ),
        ([Step("a", [])], "Step 'a' has 0 run times"),
        (
            [Step("mesh", [1]), Step("solve", [1], {"mush": 1})],
            r"Step 'solve' needs what is not there: There is no step 'mush'; .* Did you mean mesh\?",
        ),
        (
            [Step("a", [1], {"b": 0}), Step("b", [1], {"a": 0})],
            "Steps wait for each other: (a -> b -> a|b -> a -> b); leave out one of these arrows",
        ),
    ],
)
def test_graphs_are_checked(steps, says):
    with pytest.raises(GraphError, match=says):
        Graph(steps)


@pytest.mark.parametrize(
    ("seconds", "predecessors", "says"),
    [
        ([1, -2], {}, "The run time on processor 1 of step 's' is -2 s; it must be a finite number, 0 or more"),
        ([math.nan], {}, "The run time on processor 0 of step 's' is nan s"),
        ([1], {"a": -1}, "The transfer from 'a' of step 's' is -1 s; it must be a finite number, 0 or more"),
    ],
)
def test_times_are_checked(seconds, predecessors, says):
    with pytest.raises(GraphError, match=says):
        Step("s", seconds, predecessors)
