"""The truth times a random factor, for simulations of how much a policy depends on its estimates."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scheduling.estimators.distribution import LogNormal
from scheduling.estimators.estimator import EstimatorError
from scheduling.request import Request


@dataclass(frozen=True)
class NoisyOracle:
    """Predicts the true amount, positive, times a log-normal factor whose median is 1.

    The factor depends on the seed and the id of a request only, so that the order of questions does not matter.

    Raises:
        EstimatorError: sigma is not positive.
    """

    truth: Callable[[Request], float]
    sigma: float
    """Standard deviation of the factor's logarithm: 0.7 is wrong by a factor of 2 in one of three cases."""
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.sigma < math.inf:
            raise EstimatorError(f"sigma is {self.sigma}; it must be a finite number above 0, or use an `Oracle`.")

    def predict(self, request: Request) -> LogNormal:
        """The distribution of the truth for one who knows the noisy value and sigma."""
        rng = np.random.default_rng([self.seed, zlib.crc32(request.id.encode())])
        return LogNormal(math.log(self.truth(request)) + self.sigma * rng.standard_normal(), self.sigma)

    def observe(self, request: Request, amount: float) -> None:
        """Learn nothing; the noise stays."""
