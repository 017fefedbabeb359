"""Graphs for tests: the published one, and ones of all shapes."""

import json
from pathlib import Path

from hypothesis import strategies as st

from scheduling.graph import Graph, Step

CASE = json.loads((Path(__file__).parent / "cases" / "topcuoglu_2002.json").read_text(encoding="utf-8"))


def steps_of(case):
    return [Step(**step) for step in case["steps"]]


@st.composite
def graphs(draw, most=8):
    """Up to `most` steps on up to three processors; integer times, of which some are zero."""
    processors = draw(st.integers(1, 3))
    seconds = st.lists(st.integers(0, 9), min_size=processors, max_size=processors)
    steps = []
    for number in range(draw(st.integers(1, most))):
        earlier = draw(st.sets(st.integers(0, number - 1))) if number else ()
        steps.append(Step(str(number), draw(seconds), {str(name): draw(st.integers(0, 9)) for name in earlier}))
    return Graph(draw(st.permutations(steps)))


def assert_valid(graph, assignments, actual):
    """Everything runs once and as long as it takes, after its data has arrived, one at a time on each processor."""
    placed = {assignment.step: assignment for assignment in assignments}
    assert len(placed) == len(assignments) == len(graph.steps)
    for step, run in placed.items():
        assert run.end == run.start + actual[step, run.processor]
        assert run.start >= graph.data_ready(step, run.processor, placed)
    for one in assignments:
        for other in assignments:
            if one.step < other.step and one.processor == other.processor:
                assert one.end <= other.start or other.end <= one.start
