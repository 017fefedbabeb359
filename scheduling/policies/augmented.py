"""Augmentation: build a sequence by scores, but after each job see whether another one should rather be last.

From *Discovering Heuristics with LLMs for Mixed-Integer Programs: Single-Machine Scheduling* (arXiv 2510.24013),
where it is applied to MDD and MDDC.

Bias: better than the rule alone, for O(n^3); for hundreds of jobs, not for thousands.
"""

from __future__ import annotations

import numpy as np

from scheduling.occupancy import Floats
from scheduling.policies.sequencing import Integers, Score


def augment(score: Score, processing: Floats, due: Floats) -> Integers:
    """Sequence like `sequencing.dispatch`, and after each job make the best strictly improving move to the end."""
    left = np.lexsort((processing, due))
    order = np.empty(0, dtype=np.int64)
    time = 0.0
    while left.size:
        chosen = int(np.argmin(score(time, processing[left], due[left])))
        time += float(processing[left[chosen]])
        order = _best_last(np.append(order, left[chosen]), processing, due)
        left = np.delete(left, chosen)
    return order


def _best_last(order: Integers, processing: Floats, due: Floats) -> Integers:
    """The partial sequence (m), or the one with another job at its end that has the least total tardiness."""
    p, d = processing[order], due[order]
    completion = np.cumsum(p)
    late = np.maximum(0.0, completion - d)
    # With job i at the end, those before it stay and those after it complete p_i earlier.
    before = np.cumsum(late) - late
    after = np.triu(np.maximum(0.0, completion - d - p[:, None]), k=1).sum(axis=1)
    totals = before + after + np.maximum(0.0, completion[-1] - d)
    best = int(np.argmin(totals))
    if totals[best] < late.sum():
        order = np.append(np.delete(order, best), order[best])
    return order
