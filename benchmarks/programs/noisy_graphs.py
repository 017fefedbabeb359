"""Part of `run_policies.py`: what plans of graphs are worth when steps take longer or shorter than estimated.

Random graphs of 60 steps on four unlike processors; a transfer takes about as long as a step. Each step's run time is its
estimate times a log-normal factor of mean 1, the same on all processors. Makespans are relative to that of HEFT
with the true run times.
"""

from __future__ import annotations

import argparse

import numpy as np
from programs.policy_plots import makespans_over_noise, save

from scheduling.eft import run_online, run_plan
from scheduling.graph import Graph, Step, makespan
from scheduling.heft import heft, upward_ranks

STEPS, PROCESSORS, MOST_PREDECESSORS = 60, 4, 3
NEAR = 12
"""Predecessors are among so many steps before, so that graphs are about five steps wide."""
SIGMAS = (0.0, 0.1, 0.2, 0.3, 0.5)
"""Standard deviations of the factor's logarithm."""


def graph(rng: np.random.Generator) -> Graph:
    """Steps of 10 s on average, each with up to three predecessors."""
    steps = []
    for number in range(STEPS):
        near = np.arange(max(0, number - NEAR), number)
        chosen = rng.choice(near, min(len(near), int(rng.integers(1, MOST_PREDECESSORS + 1))), replace=False)
        seconds = rng.uniform(2, 18) * rng.uniform(0.5, 1.5, PROCESSORS)
        steps.append(Step(str(number), seconds.tolist(), {str(name): rng.uniform(0, 20) for name in chosen}))
    return Graph(steps)


def graph_makespans(options: argparse.Namespace) -> dict[str, float]:
    """Mean makespans of HEFT's plan and of online EFT, by upward rank and in the order of steps."""
    result: dict[str, float] = {}
    series: dict[str, list[float]] = {"HEFT's plan": [], "online, by upward rank": [], "online, in order": []}
    print(f"{'sigma':>5} {'plan':>8} {'online':>8} {'in order':>8} {'± s.e.':>8} of the differences online - plan")
    for sigma in SIGMAS:
        rng = np.random.default_rng(options.seed)
        rows = []
        for _ in range(options.graphs):
            estimated = graph(rng)
            factors = np.exp(sigma * rng.standard_normal(STEPS) - sigma**2 / 2)
            actual = estimated.seconds * factors[:, None]
            known = Graph(
                Step(step.name, seconds, step.predecessors)
                for step, seconds in zip(estimated.steps, actual.tolist(), strict=True)
            )
            runs = (
                run_plan(estimated, actual, heft(estimated)),
                run_online(estimated, actual, upward_ranks(estimated)),
                run_online(estimated, actual, -np.arange(STEPS, dtype=np.float64)),
            )
            rows.append(np.array([makespan(run) for run in runs]) / makespan(heft(known)))
        plan, online, in_order = np.mean(rows, axis=0).tolist()
        error = np.std([row[1] - row[0] for row in rows]) / len(rows) ** 0.5
        print(f"{sigma:5.1f} {plan:8.3f} {online:8.3f} {in_order:8.3f} {error:8.3f}", flush=True)
        for values, value in zip(series.values(), (plan, online, in_order), strict=True):
            values.append(value)
        result |= {f"graph_plan_{sigma}": round(plan, 3), f"graph_online_{sigma}": round(online, 3)}
    if options.plots:
        save(makespans_over_noise(SIGMAS, series), options.plots / "graph-noise.png")
    return result
