"""Online Earliest Finish Time: steps of a graph started one by one, as those before them really end.

`heft` plans ahead; here a late step changes what follows. Two ways to execute a graph whose actual run times differ
from its estimates are here too, so that the two can be compared: `run_online` and `run_plan`.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from scheduling.graph import Assignment, Graph
from scheduling.heft import by_rank
from scheduling.occupancy import Floats


def next_starts(
    graph: Graph, ranks: Floats, ended: Mapping[int, Assignment], running: Mapping[int, Assignment], now: float
) -> list[Assignment]:
    """What to start now.

    Steps whose predecessors have ended choose, by descending rank, the processor on which they are expected to end
    first. Whoever finds it busy waits for it, though others are idle, and it counts as busy until then for those of
    lower rank. All choose again when something ends.

    Args:
        graph: with estimates.
        ranks: (n) as of `heft.upward_ranks`.
        ended: step -> where and when it ran.
        running: step -> where and when it began; the end is what is expected.
        now: seconds.

    Returns:
        Assignments with expected ends. A start after now is one that waits on its processor for data.
    """
    free = [now] * graph.seconds.shape[1]
    for run in running.values():
        free[run.processor] = max(run.end, now)
    idle = set(range(len(free))) - {run.processor for run in running.values()}
    starts = []
    for step in by_rank(graph, ranks):
        if step in ended or step in running or not graph.predecessors[step].keys() <= ended.keys():
            continue
        if not idle:
            break
        options = []
        for processor, duration in enumerate(graph.seconds[step].tolist()):
            start = max(free[processor], graph.data_ready(step, processor, ended))
            options.append(Assignment(step, processor, start, start + duration))
        best = min(options, key=lambda option: option.end)
        free[best.processor] = best.end
        if best.processor in idle:
            idle.remove(best.processor)
            starts.append(best)
    return starts


def run_online(graph: Graph, actual: Floats, ranks: Floats) -> list[Assignment]:
    """Execute a graph by `next_starts`.

    Args:
        graph: with estimates.
        actual: (n, p) run times, seconds, known only once a step has ended.
        ranks: (n) see `next_starts`.

    Returns:
        What really ran when, in the order of ends.
    """
    ended: dict[int, Assignment] = {}
    running: dict[int, Assignment] = {}
    ends: list[tuple[float, int]] = []
    now = 0.0
    while len(ended) < len(graph.steps):
        for start in next_starts(graph, ranks, ended, running, now):
            running[start.step] = start
            heapq.heappush(ends, (start.start + float(actual[start.step, start.processor]), start.step))
        now, step = heapq.heappop(ends)
        planned = running.pop(step)
        ended[step] = Assignment(step, planned.processor, planned.start, now)
    return list(ended.values())


def run_plan(graph: Graph, actual: Floats, plan: Sequence[Assignment]) -> list[Assignment]:
    """Execute a plan as it is: each step on its processor, in the planned order, as soon as it can start.

    Args:
        graph: whose plan it is.
        actual: (n, p) run times, seconds.
        plan: as of `heft.heft`.

    Returns:
        What really ran when, in the order of planned starts.
    """
    # A step that takes no time begins together with the one that follows it; it must still come first.
    position = {step: number for number, step in enumerate(graph.order)}
    free = [0.0] * graph.seconds.shape[1]
    placed: dict[int, Assignment] = {}
    for planned in sorted(plan, key=lambda planned: (planned.start, planned.end, position[planned.step])):
        step, processor = planned.step, planned.processor
        start = max(free[processor], graph.data_ready(step, processor, placed))
        placed[step] = Assignment(step, processor, start, start + float(actual[step, processor]))
        free[processor] = placed[step].end
    return list(placed.values())
