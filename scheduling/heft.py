"""Heterogeneous Earliest Finish Time: a whole graph of steps planned ahead from estimates.

Topcuoglu, Hariri, Wu, *Performance-effective and low-complexity task scheduling for heterogeneous computing*, IEEE
TPDS 13(3), 2002. The plan is as good as its estimates; `eft` decides step by step from what really happened.
"""

from __future__ import annotations

from bisect import insort

import numpy as np

from scheduling.graph import Assignment, Graph
from scheduling.occupancy import Floats


def upward_ranks(graph: Graph) -> Floats:
    """(n) length of the longest path from each step to the end of the graph, itself included, seconds.

    rank(i) = w(i) + max over successors j of (c(i, j) + rank(j)), equations 8 and 9 of the paper: w is the mean run
    time over processors. The mean transfer c is that between two different processors, since transfers take equally
    long between any two.
    """
    means = graph.seconds.mean(axis=1).tolist()
    ranks = np.zeros(len(graph.steps))
    for step in reversed(graph.order):
        ranks[step] = means[step] + max(
            (transfer + ranks[successor] for successor, transfer in graph.successors[step].items()), default=0.0
        )
    return ranks


def by_rank(graph: Graph, ranks: Floats) -> list[int]:
    """Steps by descending rank; of equal ones predecessors first, since steps that take no time share a rank."""
    return sorted(graph.order, key=lambda step: -ranks[step])


def heft(graph: Graph) -> list[Assignment]:
    """Give each step, by descending upward rank, the processor on which it ends first.

    A step may go into a gap that is long enough between two steps that are planned already. O(n² p).

    Returns:
        One assignment a step, in the order in which they were planned.
    """
    seconds = graph.seconds.tolist()
    busy: list[list[tuple[float, float]]] = [[] for _ in seconds[0]]
    placed: dict[int, Assignment] = {}
    for step in by_rank(graph, upward_ranks(graph)):
        options = []
        for processor, duration in enumerate(seconds[step]):
            start = _first_gap(busy[processor], graph.data_ready(step, processor, placed), duration)
            options.append(Assignment(step, processor, start, start + duration))
        best = min(options, key=lambda option: option.end)
        placed[step] = best
        insort(busy[best.processor], (best.start, best.end))
    return list(placed.values())


def _first_gap(busy: list[tuple[float, float]], ready: float, duration: float) -> float:
    """The first time, `ready` or later, from which `duration` is free between busy intervals, which ascend."""
    start = ready
    for begin, end in busy:
        if start + duration <= begin:
            break
        start = max(start, end)
    return start
