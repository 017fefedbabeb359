"""Workloads of several users who share cores, for `simulator.Slots`.

The kinds are those of *Balancing Fairness and Performance in Multi-User Spark Workloads with Dynamic Scheduling*
(arXiv 2510.15485): a trace of Google's with and without a heavy user, power users beside small ones, small users
who are alike. The numbers in them are ours, as the paper's job sets are not published with its results.

A job is one request for one slot, which is *divisible* into tasks: how finely is the policy's affair. Its work is
its run time on one slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from scheduling.occupancy import Floats
from scheduling.request import Request
from scheduling.resources import Resources
from scheduling.simulator import Arrival

LEAST = 1.0
"""Work of the shortest job, slot-seconds."""
FINEST = 0.1
"""Shortest task that a job may be cut into, seconds."""
SHAPE = 1.1
"""Of the Pareto distribution of heavy-tailed work: a tenth of the jobs have most of it, as in Google's traces."""
LARGEST = 300.0
"""Longest heavy-tailed job over the shortest."""


def heavy_tailed_users(
    rng: np.random.Generator,
    *,
    users: int,
    jobs: int,
    work: float,
    seconds: float,
    heavy: float = 0.0,
    longest: bool = False,
) -> list[Arrival]:
    """Users who send jobs at random times, most of which are short while a few have most of the work.

    Args:
        rng: what to draw from.
        users: how many there are.
        jobs: of all users together.
        work: of all jobs together, slot-seconds.
        seconds: over which jobs come, evenly; a heavy user's come in the first tenth.
        heavy: fraction of the jobs that the first user sends; 0 if users are alike (homogeneous).
        longest: whether these are the longest ones, or any.
    """
    tail = LARGEST**-SHAPE
    sizes = (1 - (1 - tail) * rng.uniform(size=jobs)) ** (-1 / SHAPE)
    works = np.maximum(LEAST, sizes * work / sizes.sum())
    bulk = (np.argsort(-works) if longest else np.arange(jobs))[: round(heavy * jobs)]
    owners = rng.integers(1 if bulk.size else 0, users, jobs)
    times = rng.uniform(0, seconds, jobs)
    owners[bulk] = 0
    times[bulk] /= 10
    return list(
        chain.from_iterable(
            _jobs(f"user {user}", times[owners == user], works[owners == user]) for user in range(users)
        )
    )


def power_and_small_users(rng: np.random.Generator, jobs: int, seconds: float) -> list[Arrival]:
    """Two users who send long jobs all at once, and two who send short ones now and then.

    Args:
        rng: what to draw from.
        jobs: of each user.
        seconds: over which the small users' jobs come, evenly.
    """
    arrivals: list[Arrival] = []
    for user, mean, times in (
        ("power 1", 60.0, np.zeros(jobs)),
        ("power 2", 60.0, np.zeros(jobs)),
        ("small 1", 6.0, np.sort(rng.uniform(0, seconds, jobs))),
        ("small 2", 6.0, np.sort(rng.uniform(0, seconds, jobs))),
    ):
        arrivals += _jobs(user, times, np.maximum(LEAST, rng.exponential(mean, jobs)))
    return arrivals


def alike_small_users(rng: np.random.Generator, jobs: int, work: float) -> list[Arrival]:
    """Four users who each send equally many short jobs, a burst apiece: one starts a little after the other.

    Args:
        rng: what to draw from.
        jobs: of each user.
        work: mean of a job, slot-seconds.
    """
    arrivals: list[Arrival] = []
    for number in range(4):
        times = number + np.sort(rng.uniform(0, 1, jobs))
        arrivals += _jobs(f"small {number + 1}", times, np.maximum(LEAST, rng.exponential(work, jobs)))
    return arrivals


def _jobs(user: str, times: Sequence[float] | Floats, works: Sequence[float] | Floats) -> Iterator[Arrival]:
    for number, (time, work) in enumerate(zip(map(float, times), map(float, works), strict=True)):
        request = Request(f"{user} {number:04d}", user, Resources(slot=1), time, work, divisible=int(work / FINEST))
        yield Arrival(request, work)
