"""Online ridge regression of how far off declared amounts are.

With x = (1, log declared) and y = log(amount / declared), it is the Bayesian linear model y ~ N(xᵀθ, σ²), whose
prior for θ is N(0, σ² I) (Bishop, *Pattern Recognition and Machine Learning*, section 3.3 and exercise 3.12). So it
begins at what is declared, and learns a factor and a power: that everyone declares thrice too much, or that long
runs are underestimated more than short ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from scheduling.estimators.distribution import LogNormal
from scheduling.estimators.estimator import check_amount, declared_seconds
from scheduling.occupancy import Floats
from scheduling.request import Request

SMALLEST = 1e-3
"""Declared amounts below are taken to be this, since the logarithm of zero says nothing: a millisecond."""


class Ridge:
    """One regression. What was seen is kept as sums, so a round costs the same however many there were."""

    def __init__(self) -> None:
        self._inverse: Floats = np.eye(2)
        """(2, 2) inverse of I + Σ x xᵀ"""
        self._moment: Floats = np.zeros(2)
        """Σ x y"""
        # One error of one unit, a factor of e, counts before any is seen.
        self._squares = 1.0
        self.seen = 0

    def predict(self, x: Floats) -> tuple[float, float]:
        """Mean and variance of y at x (2)."""
        mean = float(x @ self._inverse @ self._moment)
        return mean, self._squares / (1 + self.seen) * self._spread(x)

    def update(self, x: Floats, y: float) -> None:
        """Learn that it was `y` at `x`."""
        # An error scaled by the spread of its prediction has variance σ², however little was known then.
        self._squares += (y - self.predict(x)[0]) ** 2 / self._spread(x)
        self.seen += 1
        gain = self._inverse @ x
        self._inverse -= np.outer(gain, gain) / (1 + x @ gain)
        self._moment += x * y

    def _spread(self, x: Floats) -> float:
        return float(1 + x @ self._inverse @ x)


class OnlineRidge:
    """Predicts by a regression of its own for each stage.

    Args:
        declared: what a request says of itself.
    """

    def __init__(self, declared: Callable[[Request], float] = declared_seconds) -> None:
        self._declared = declared
        self._ridges = defaultdict[str | None, Ridge](Ridge)

    def predict(self, request: Request) -> LogNormal:
        """Log-normal about what is declared, corrected."""
        x = features(self._declared(request))
        mean, variance = self._ridges[request.stage].predict(x)
        return LogNormal(float(x[1]) + mean, math.sqrt(variance))

    def observe(self, request: Request, amount: float) -> None:
        """Learn how far off the declared amount was."""
        check_amount(request, amount)
        x = features(self._declared(request))
        self._ridges[request.stage].update(x, math.log(amount) - float(x[1]))


def features(declared: float) -> Floats:
    """(2) what the regression sees of a request: 1 and the logarithm of what it declares."""
    return np.array([1.0, math.log(max(declared, SMALLEST))])
