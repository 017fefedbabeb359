"""The least possible total tardiness on one machine, exactly, for two dozen jobs."""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduling.occupancy import Floats
from scheduling.policies.sequencing import Integers
from scheduling.single_machine import Jobs, JobsError

MOST: Final = 24
"""Jobs; where none dominates another, each one more doubles time and memory."""


def least_total_tardiness(jobs: Jobs) -> float:
    """Dynamic programming over sets of jobs done first (Held and Karp, 1962), as far as dominance leaves a choice.

    Whatever their order, the jobs of a set S take P(S) in all, so that the next job j is late by
    max(0, P(S) + p_j - d_j), and of all orders of S only the best counts. Some optimal order does j before k wherever
    p_j <= p_k and d_j <= d_k (Emmons, *One-machine sequencing to minimize certain functions of job tardiness*, 1969),
    so that only sets which contain j with k are looked at; of random instances of 20 jobs that is one in a thousand.

    Raises:
        JobsError: there are too many jobs.
    """
    size = len(jobs.ids)
    if size > MOST:
        raise JobsError(f"The optimum of {size} jobs would take too long; at most {MOST} are allowed.")
    order = np.lexsort((jobs.due, jobs.processing))
    processing, due = jobs.processing[order], jobs.due[order]
    bits = 1 << np.arange(size)
    dominating = [int(bits[:job][due[:job] <= due[job]].sum()) for job in range(size)]
    # Sets of equally many jobs as bit masks, their P and the least tardiness of their jobs.
    sets, elapsed, least = np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1)
    for _ in range(size):
        grown: list[tuple[Integers, Floats, Floats]] = []
        for job in range(size):
            next_ = (sets & (dominating[job] | bits[job])) == dominating[job]
            end = elapsed[next_] + processing[job]
            grown.append((sets[next_] | bits[job], end, least[next_] + np.maximum(0.0, end - due[job])))
        sets, elapsed, least = (np.concatenate(column) for column in zip(*grown, strict=True))
        best_first = np.lexsort((least, sets))
        sets, first = np.unique(sets[best_first], return_index=True)
        elapsed, least = elapsed[best_first][first], least[best_first][first]
    return float(least[0])
