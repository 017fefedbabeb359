"""The least possible total tardiness on one machine, exactly, for up to two dozen jobs."""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduling.single_machine import Jobs, JobsError

MOST: Final = 24
"""Jobs; each one more doubles time and memory (16 M subsets at 24)."""


def least_total_tardiness(jobs: Jobs) -> float:
    """Dynamic programming over subsets (Held and Karp, 1962): O(2^n n) time, O(2^n) memory.

    f(S) = min over j in S of f(S without j) + max(0, P(S) - d_j), as the last job of S completes at P(S), the total
    processing time of S, in whatever order the others were done. Subsets are bit masks, done by their size, so that
    all of one size are one array.

    Raises:
        JobsError: there are too many jobs.
    """
    size = len(jobs.ids)
    if size > MOST:
        raise JobsError(f"The optimum of {size} jobs would take too long; at most {MOST} are allowed.")
    total = np.zeros(1)
    for duration in jobs.processing:
        total = np.concatenate([total, total + duration])
    masks = np.arange(1 << size)
    sizes = np.bitwise_count(masks)
    by_size = np.argsort(sizes, kind="stable")
    bounds = np.searchsorted(sizes[by_size], np.arange(size + 2))
    least = np.full(1 << size, np.inf)
    least[0] = 0.0
    for count in range(1, size + 1):
        subsets = by_size[bounds[count] : bounds[count + 1]]
        best = np.full(len(subsets), np.inf)
        for job, due in enumerate(jobs.due):
            # Where the job is not in the subset, this finds a larger one, whose f is still infinite.
            candidates = least[subsets ^ (1 << job)]
            candidates += np.maximum(0.0, total[subsets] - due)
            np.minimum(best, candidates, out=best)
        least[subsets] = best
    return float(least[-1])
