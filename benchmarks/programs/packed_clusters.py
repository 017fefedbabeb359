"""Part of `run_policies.py`: how often the solver improves on greedy placement in random clusters, or proves that it cannot.

Requests come one by one to 4 to 32 nodes of 16 cpu and 64 GB, each node's worth of them being about six, until they need
90 to 105 % of what there is of the scarcer resource; 1 to 4 priorities. First fit or best fit places them as they come.
Of the clusters in which somebody is left over, the solver may move and evict what runs, as in *Priority Matters* (arXiv
2511.08373), whose clusters and default placement are others.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator

import numpy as np
from programs.policy_plots import packing_outcomes, save

from scheduling.generators.clusters import cluster
from scheduling.occupancy import Occupancy
from scheduling.packing import NOWHERE, Ints, Problem, pack
from scheduling.policies.place import Place, best_fit, first_fit
from scheduling.request import View

NODES = (4, 8, 16, 32)
LIMITS = (1.0, 10.0)
"""Seconds of the solver."""
OUTCOMES = ("improved", "proven", "no better", "timed out")


def greedy(view: View, place: Place) -> tuple[Problem, int]:
    """The problem that is left when each request was placed as it came, and how many found no place."""
    room = Occupancy(view)
    capacity, needs = room.free.copy(), room.needs(view.waiting)
    origin: Ints = np.full(len(needs), NOWHERE)
    for index, need in enumerate(needs):
        fitting = room.fitting(need)
        if fitting.any():
            origin[index] = place(need, fitting, room)
            room.take(int(origin[index]), need, np.inf)
    priority = np.array([request.priority for request in view.waiting])
    return Problem(needs, capacity, priority, origin), int((origin == NOWHERE).sum())


def unsatisfied(rng: np.random.Generator, nodes: int, place: Place) -> Iterator[Problem]:
    """Problems in which greedy placement leaves somebody over."""
    while True:
        problem, left = greedy(cluster(rng, nodes), place)
        if left:
            yield problem


def outcomes(problem: Problem) -> list[tuple[str, bool]]:
    """What came of each time limit: one of `OUTCOMES`, and whether the result is proven to be the best."""
    found: list[tuple[str, bool]] = []
    for seconds in LIMITS:
        if found and found[-1][1]:  # more time changes nothing
            found.append(found[-1])
            continue
        packing = pack(problem, problem.origin, seconds)
        if problem.score(packing.placement) > problem.score(problem.origin):
            outcome = "improved"
        elif packing.proven:
            outcome = "proven"
        else:
            outcome = "timed out" if packing.timed_out else "no better"
        found.append((outcome, packing.proven))
    return found


def packing_shares(options: argparse.Namespace) -> dict[str, float]:
    """Shares of outcomes in percent for each greedy placement and time limit, with a table by size."""
    result: dict[str, float] = {}
    print(f"{'baseline':10} {'nodes':>5} {'limit':>6}   " + " ".join(f"{name:>10}" for name in (*OUTCOMES, "best")))
    for place in (first_fit, best_fit):
        totals: Counter[tuple[float, str]] = Counter()
        for nodes in NODES:
            problems = unsatisfied(np.random.default_rng([options.seed, nodes]), nodes, place)
            each = [outcomes(next(problems)) for _ in range(options.instances)]
            for number, seconds in enumerate(LIMITS):
                counts = Counter(one[number][0] for one in each)
                counts["best"] = sum(one[number][1] for one in each)
                row = " ".join(f"{counts[name]:10}" for name in (*OUTCOMES, "best"))
                print(f"{place.__name__:10} {nodes:5} {seconds:4.0f} s   {row}", flush=True)
                totals.update({(seconds, name): count for name, count in counts.items()})
        for seconds, name in itertools.product(LIMITS, (*OUTCOMES, "best")):
            share = totals[seconds, name] / (options.instances * len(NODES))
            result[_key(place, seconds, name)] = round(100 * share, 1)
    if options.plots:
        bars = {
            f"{place.__name__.replace('_', ' ')}, {seconds:.0f} s": {
                name: result[_key(place, seconds, name)] for name in OUTCOMES
            }
            for place, seconds in itertools.product((first_fit, best_fit), LIMITS)
        }
        save(packing_outcomes(bars), options.plots / "packing.png")
    return result


def _key(place: Place, seconds: float, outcome: str) -> str:
    return f"packing_{place.__name__}_{seconds:.0f}s_{outcome.replace(' ', '_')}_percent"
