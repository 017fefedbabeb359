"""EDDC: shortest jobs first, with jobs that are due earlier pulled forward where that makes nobody late.

Found by a language model and published in *Discovering Heuristics with LLMs for Mixed-Integer Programs:
Single-Machine Scheduling* (arXiv 2510.24013). This is what the authors' code does, which starts from the shortest
processing time; the printed pseudo-code starts from the earliest due date, where nothing would ever be swapped.

Bias: good where most jobs must be late; with hundreds of jobs and loose due dates far behind `mdd`, and with 500 even
behind `edd`. O(n^2).
"""

from __future__ import annotations

import numpy as np

from scheduling.occupancy import Floats
from scheduling.policies.sequencing import Integers


def sequence(processing: Floats, due: Floats) -> Integers:
    """From ascending (p, d), insert each job forward past neighbours that are due later and not late in their place.

    A neighbour that is due later but is late stays, and the insertion goes on with it.
    """
    order = np.lexsort((due, processing))
    p, d = processing[order].tolist(), due[order].tolist()
    jobs = order.tolist()
    completion = np.cumsum(processing[order]).tolist()
    for inserted in range(1, len(jobs)):
        j = inserted
        while j > 0 and d[j] < d[j - 1]:
            if d[j - 1] > completion[j - 1]:
                completion[j - 1] += p[j] - p[j - 1]
                for column in (jobs, p, d):
                    column[j - 1], column[j] = column[j], column[j - 1]
            j -= 1
    return np.array(jobs, dtype=np.int64)
