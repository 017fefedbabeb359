"""Part of `run_policies.py`: what estimators know of run times, and what that is worth to user-weighted fair queueing.

Users declare run times that are off by a factor of their own, log-normal with sigma 1, and by another for each job,
with sigma 0.3. Estimators see what is declared and learn from what has ended. Jobs come *steadily*, at 85 % load for four
minutes, or in a *burst*, the homogeneous workload of `fair_users`; each is cut into as many tasks as there are cores.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from programs.fair_users import COLUMNS, CORES, REFERENCE, WORKLOADS, figures, responses, true_seconds

from scheduling.estimators.calibration import as_table, calibration
from scheduling.estimators.declared import Declared
from scheduling.estimators.estimator import Estimator
from scheduling.estimators.groupwise import Groupwise
from scheduling.estimators.history import History
from scheduling.estimators.noisy_oracle import NoisyOracle
from scheduling.estimators.oracle import Oracle
from scheduling.estimators.ridge import OnlineRidge
from scheduling.generators.users import heavy_tailed_users
from scheduling.simulator import Arrival

BIAS, NOISE = 1.0, 0.3
JOBS, WORK, LOAD = 500, 8000.0, 0.85
ARRIVING: dict[str, Callable[[np.random.Generator], list[Arrival]]] = {
    "steady": lambda rng: heavy_tailed_users(rng, users=10, jobs=JOBS, work=WORK, seconds=WORK / CORES / LOAD),
    "burst": WORKLOADS["homogeneous"],
}
LONGEST = 1000.0
"""Longest run time that a history expects before it has seen any, seconds."""
ESTIMATORS: dict[str, Callable[[Mapping[str, float]], Estimator]] = {
    "perfect": lambda work: Oracle(lambda request: work[request.id]),
    "noisy, sigma 0.3": lambda work: NoisyOracle(lambda request: work[request.id], NOISE),
    "declared": lambda _: Declared(),
    "history": lambda _: History(LONGEST),
    "ridge": lambda _: OnlineRidge(),
    "groupwise": lambda _: Groupwise(),
}
CALIBRATED = ("history", "ridge", "groupwise")


def declared_by_users(rng: np.random.Generator, arrivals: list[Arrival]) -> list[Arrival]:
    """The same arrivals with estimates as their users would give them."""
    users = sorted({arrival.request.user for arrival in arrivals})
    biases = dict(zip(users, (BIAS * rng.standard_normal(len(users))).tolist(), strict=True))
    return [
        replace(
            arrival,
            request=replace(
                arrival.request,
                estimate=arrival.seconds * math.exp(biases[arrival.request.user] + NOISE * rng.standard_normal()),
            ),
        )
        for arrival in arrivals
    ]


def learnt_estimates(options: argparse.Namespace) -> dict[str, float]:
    """Response under `uwfq` with each estimator, and how often the truth was within the quantiles of those that learn."""
    result = {}
    print(f"{'jobs come':10} {'estimator':17}" + "".join(f"{name:>14}" for name in COLUMNS))
    for arriving, draw in ARRIVING.items():
        drawn = []
        for number in range(options.workloads):
            rng = np.random.default_rng([options.seed, number])
            drawn.append(declared_by_users(rng, draw(rng)))
        references = [responses(arrivals, REFERENCE, "default") for arrivals in drawn]
        for name, build in ESTIMATORS.items():
            rows = []
            for arrivals, reference in zip(drawn, references, strict=True):
                work = true_seconds(arrivals)
                rows.append(figures(responses(arrivals, "uwfq", "default", build(work)), reference, work))
            row = np.mean(rows, axis=0).tolist()
            print(f"{arriving:10} {name:17}" + "".join(f"{value:14.2f}" for value in row), flush=True)
            result[f"{arriving}_{name.split(',')[0]}_smallest_s"] = round(row[1], 2)
    return result | covered(options.seed)


def covered(seed: int) -> dict[str, float]:
    """How often the truth was within the quantiles, when an estimator is told of each job before the next comes."""
    rng = np.random.default_rng([seed, 0])
    arrivals = declared_by_users(rng, ARRIVING["steady"](rng))
    outcomes = sorted(((one.request, one.seconds) for one in arrivals), key=lambda pair: pair[0].submitted)
    result = {}
    for name in CALIBRATED:
        rows = calibration(ESTIMATORS[name]({}), outcomes)
        print(f"{name}\n{as_table(rows)}")
        result |= {f"{name}_within_{row.quantile:.0%}": round(row.share, 3) for row in rows}
    return result
