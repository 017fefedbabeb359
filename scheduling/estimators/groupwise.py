"""Regressions for overlapping groups of requests, mixed so that none of the groups is served badly.

A request belongs to everyone's group, to its user's, its stage's, and that of its user's requests of its stage. Each
group has a regression that learns from its requests only; `hedge` weighs those of the groups that a request belongs
to. So the regret to each group's own regression, over that group's requests, grows only as the square root of their
number (*Oracle-Efficient Online Learning for Beyond Worst-Case Groupwise Regret*, arXiv 2310.04652). A regression that
has hardly seen anything sleeps, so that a new user is predicted from what is known of all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable

import numpy as np

from scheduling.estimators.distribution import LogNormal
from scheduling.estimators.estimator import check_amount, declared_seconds
from scheduling.estimators.hedge import AdaNormalHedge
from scheduling.estimators.ridge import Ridge, features
from scheduling.request import Request

WORST_ERROR = 3.0
"""Error of a logarithm that counts as the largest loss: a factor of 20."""
ENOUGH = 2
"""Requests that a regression must have seen before it counts: as many as it has parameters."""


class Groupwise:
    """Predicts by the weighted mean of the regressions of all groups of a request.

    Args:
        declared: what a request says of itself.
    """

    def __init__(self, declared: Callable[[Request], float] = declared_seconds) -> None:
        self._declared = declared
        self._ridges = defaultdict[Hashable, Ridge](Ridge)
        self._hedge = AdaNormalHedge()

    def predict(self, request: Request) -> LogNormal:
        """Log-normal with the mean and the variance that the mixture has in the logarithm."""
        groups = self._awake(request)
        x = features(self._declared(request))
        means, variances = np.array([self._ridges[group].predict(x) for group in groups]).T
        weights = self._hedge.weights(groups)
        mean = float(weights @ means)
        variance = float(weights @ (variances + (means - mean) ** 2))
        return LogNormal(float(x[1]) + mean, math.sqrt(variance))

    def observe(self, request: Request, amount: float) -> None:
        """Weigh the groups by how far off each would have been, then let each learn.

        The loss is the absolute error of the logarithm, up to `WORST_ERROR`; below that it is convex, so that the mean
        prediction is no worse than the mean loss, which the bound is about.
        """
        check_amount(request, amount)
        awake = self._awake(request)
        x = features(self._declared(request))
        y = math.log(amount) - float(x[1])
        errors = np.array([self._ridges[group].predict(x)[0] for group in awake]) - y
        self._hedge.update(awake, np.minimum(np.abs(errors) / WORST_ERROR, 1))
        for group in groups_of(request):
            self._ridges[group].update(x, y)

    def _awake(self, request: Request) -> list[Hashable]:
        """The groups whose regression has seen enough to have an opinion; everyone's always has one."""
        everyone, *others = groups_of(request)
        return [everyone, *(group for group in others if self._ridges[group].seen >= ENOUGH)]


def groups_of(request: Request) -> list[Hashable]:
    """The groups that a request belongs to, the largest first."""
    return ["everyone", ("user", request.user), ("stage", request.stage), ("both", request.user, request.stage)]
