"""Distributions of a positive amount, of which a part may be used already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtri

from scheduling.occupancy import Floats


class Distribution(Protocol):
    """An uncertain amount."""

    @property
    def mean(self) -> float:
        """The expected amount."""
        ...

    def quantile(self, q: float) -> float:
        """The amount that is not exceeded with probability `q`, between 0 and 1."""
        ...

    def sample(self, rng: np.random.Generator, size: int, above: float = 0.0) -> Floats:
        """(size) draws, given that `above` is used already and it did not suffice; none is smaller."""
        ...


class Empirical:
    """Amounts that were seen; a single one is certain.

    Args:
        values: one or more amounts.
        limit: no draw is larger, but one that was not seen so far may be as large; `None` is the largest value.
    """

    def __init__(self, values: Sequence[float], limit: float | None = None) -> None:
        self._values: Floats = np.sort(np.asarray(values, dtype=np.float64))
        self._limit = self._values[-1] if limit is None else limit

    @property
    def mean(self) -> float:
        """The mean of the values."""
        return float(self._values.mean())

    def quantile(self, q: float) -> float:
        """The smallest value that at least `q` of the values do not exceed."""
        return float(np.quantile(self._values, q, method="inverted_cdf"))

    def sample(self, rng: np.random.Generator, size: int, above: float = 0.0) -> Floats:
        """(size) draws: of the values, or, once something is used, of the line through the larger ones.

        That line runs from `above` through the larger values to the limit, with equal probability between
        neighbours, as in Past-Future (arXiv 2507.10150).
        """
        if above <= 0:
            return rng.choice(self._values, size)
        larger = self._values[self._values > above]
        points = np.concatenate([[above], larger, [self._limit] if self._limit > max(above, self._values[-1]) else []])
        places = rng.uniform(0, len(points) - 1, size)
        return np.asarray(np.interp(places, np.arange(len(points)), points), dtype=np.float64)


@dataclass(frozen=True)
class LogNormal:
    """The logarithm is normal, with mean `mu` and standard deviation `sigma` above 0."""

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        """Larger than the median, as the long tail is on one side."""
        return math.exp(self.mu + self.sigma**2 / 2)

    def quantile(self, q: float) -> float:
        """See `Distribution`; infinite for 1."""
        return math.exp(self.mu + self.sigma * float(ndtri(q)))

    def sample(self, rng: np.random.Generator, size: int, above: float = 0.0) -> Floats:
        """(size) draws of the tail above `above`, by inversion."""
        tail = 1.0 if above <= 0 else 0.5 * math.erfc((math.log(above) - self.mu) / self.sigma / math.sqrt(2))
        # Beyond 37 standard deviations the tail is zero in floating point, and all that is left is `above` itself.
        chances = np.maximum(tail * rng.uniform(0, 1, size), np.finfo(np.float64).tiny)
        return np.asarray(np.maximum(above, np.exp(self.mu - self.sigma * ndtri(chances))), dtype=np.float64)
