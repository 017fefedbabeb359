"""Random instances from the literature, for benchmarks and tests. Everything is drawn from a generator that is given."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np

from scheduling.request import Request
from scheduling.resources import Resources
from scheduling.simulator import Arrival
from scheduling.single_machine import Jobs

TARDINESS_FACTORS: Final = (0.2, 0.4, 0.6, 0.8, 1.0)
"""TF: expected fraction of jobs that are late."""
DUE_DATE_RANGES: Final = (0.2, 0.4, 0.6, 0.8, 1.0)
"""RDD: width of the interval of due dates, in total processing times."""


def potts_van_wassenhove(rng: np.random.Generator, size: int, tardiness: float, spread: float) -> Jobs:
    """One instance for total tardiness on one machine.

    p ~ U[1, 100] and d ~ U[P (1 - TF - RDD/2), P (1 - TF + RDD/2)], whole numbers, P the sum of p (Potts and Van
    Wassenhove, *A decomposition algorithm for the single machine total tardiness problem*, 1982). Due dates are not
    negative.

    Args:
        rng: what to draw from.
        size: number of jobs n.
        tardiness: the factor TF.
        spread: the range RDD.
    """
    processing = rng.integers(1, 100, size, endpoint=True).astype(np.float64)
    total = processing.sum()
    low, high = total * (1 - tardiness - spread / 2), total * (1 - tardiness + spread / 2)
    due = np.maximum(0.0, rng.integers(round(low), round(high), size, endpoint=True).astype(np.float64))
    return Jobs(tuple(map(str, range(size))), processing, due)


def instances(rng: np.random.Generator, size: int, each: int) -> Iterator[Jobs]:
    """`each` instances for every pair of TF and RDD."""
    for tardiness, spread in itertools.product(TARDINESS_FACTORS, DUE_DATE_RANGES):
        for _ in range(each):
            yield potts_van_wassenhove(rng, size, tardiness, spread)


def power_and_small_users(rng: np.random.Generator, jobs: int, seconds: float) -> list[Arrival]:
    """Two users who send long jobs all at once, and two who send short ones now and then.

    The shape of the multi-user workload of *Balancing Fairness and Performance in Multi-User Spark Workloads with
    Dynamic Scheduling* (arXiv 2510.15485), for `simulator.Slots`.

    Args:
        rng: what to draw from.
        jobs: of each user.
        seconds: over which the small users' jobs come, evenly.
    """
    arrivals = []
    for user, mean, times in (
        ("power 1", 60.0, np.zeros(jobs)),
        ("power 2", 60.0, np.zeros(jobs)),
        ("small 1", 6.0, np.sort(rng.uniform(0, seconds, jobs))),
        ("small 2", 6.0, np.sort(rng.uniform(0, seconds, jobs))),
    ):
        works = np.maximum(1.0, rng.exponential(mean, jobs))
        for number, (time, work) in enumerate(zip(times.tolist(), works.tolist(), strict=True)):
            request = Request(
                f"{user} {number:04d}", user, Resources(slot=1), time, estimate=work, divisible=max(1, int(work))
            )
            arrivals.append(Arrival(request, work))
    return arrivals
