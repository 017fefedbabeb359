"""The last amounts of a stage, whatever was declared: the estimator of Past-Future (arXiv 2507.10150).

Bias: all requests of a stage are expected to be alike, and old ones to say nothing. It begins by expecting the most.
"""

from __future__ import annotations

from collections import defaultdict, deque

from scheduling.estimators.distribution import Empirical
from scheduling.estimators.estimator import EstimatorError, check_amount
from scheduling.request import Request


class History:
    """Predicts from a window of past amounts of each stage.

    Args:
        limit: the largest amount that is possible; half of the window holds it at first.
        window: amounts that are remembered, 2 or more.

    Raises:
        EstimatorError: an argument is out of its range.
    """

    def __init__(self, limit: float, window: int = 200) -> None:
        if not 0 < limit < float("inf"):
            raise EstimatorError(f"The limit is {limit}; it must be a finite number above 0.")
        if window < 2:  # noqa: PLR2004 - half of it must be one at least
            raise EstimatorError(f"The window is {window}; it must be 2 or more.")
        self._limit = limit
        self._past = defaultdict[str | None, deque[float]](lambda: deque([limit] * (window // 2), maxlen=window))

    def predict(self, request: Request) -> Empirical:
        """The amounts of the window of its stage."""
        return Empirical(self._past[request.stage], self._limit)

    def observe(self, request: Request, amount: float) -> None:
        """Put the amount into the window, where it takes the place of the oldest."""
        check_amount(request, amount)
        self._past[request.stage].append(amount)
