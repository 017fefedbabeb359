"""MDDC, a modified due date that shies away from long jobs.

Found by a language model and published, with its authors' code, in *Discovering Heuristics with LLMs for
Mixed-Integer Programs: Single-Machine Scheduling* (arXiv 2510.24013).

Bias: on average tenths of a percent better than `mdd`; worse where due dates are loose.
"""

from __future__ import annotations

import numpy as np

from scheduling.occupancy import Floats


def score(time: float, processing: Floats, due: Floats) -> Floats:
    """A (1 + theta) + sigma over the jobs that are left.

    a = max(1.1 p + t, d), rho = min(1, p / (t + max p)), theta = rho^2 / (1 + rho^2), sigma = p / (t + mean p). Where
    all jobs that are left take no time and t is 0, rho and sigma are 0.
    """
    modified = np.maximum(1.1 * processing + time, due)
    square = np.minimum(1.0, _over(processing, time + processing.max(initial=0.0))) ** 2
    theta = square / (1.0 + square)
    mean = processing.mean() if processing.size else 0.0
    return np.asarray(modified * (1.0 + theta) + _over(processing, time + mean))


def _over(processing: Floats, scale: float) -> Floats:
    return processing / scale if scale > 0 else np.zeros_like(processing)
