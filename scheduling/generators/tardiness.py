"""Jobs with due dates on one machine, all available at time 0: instances for total tardiness."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np

from scheduling.single_machine import Jobs

# The paper on MDDC and EDDC (arXiv 2510.24013) draws over a grid of these two factors. Which one was found by trying:
# with this one the mean gaps come nearest to those that it publishes.
TARDINESS_FACTORS: Final = (0.2, 0.4, 0.6, 0.8)
"""TF: expected fraction of jobs that are late."""
DUE_DATE_RANGES: Final = (0.2, 0.4, 0.6, 0.8, 1.0)
"""RDD: width of the interval of due dates, in total processing times."""


def potts_van_wassenhove(rng: np.random.Generator, size: int, tardiness: float, spread: float) -> Jobs:
    """One instance for total tardiness on one machine.

    p ~ U[1, 100] and d ~ U[P (1 - TF - RDD/2), P (1 - TF + RDD/2)], whole numbers, P the sum of p (Potts and Van
    Wassenhove, *A decomposition algorithm for the single machine total tardiness problem*, 1982). Due dates may lie
    before the start.

    Args:
        rng: what to draw from.
        size: number of jobs n.
        tardiness: the factor TF.
        spread: the range RDD.
    """
    processing = rng.integers(1, 100, size, endpoint=True).astype(np.float64)
    total = processing.sum()
    low, high = total * (1 - tardiness - spread / 2), total * (1 - tardiness + spread / 2)
    due = rng.integers(round(low), round(high), size, endpoint=True).astype(np.float64)
    return Jobs(tuple(map(str, range(size))), processing, due)


def instances(rng: np.random.Generator, size: int, each: int) -> Iterator[Jobs]:
    """`each` instances for every one of the 20 pairs of TF and RDD above."""
    for tardiness, spread in itertools.product(TARDINESS_FACTORS, DUE_DATE_RANGES):
        for _ in range(each):
            yield potts_van_wassenhove(rng, size, tardiness, spread)
