"""Whether quantiles can be believed: how often the truth was within each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduling.estimators.estimator import Estimator
from scheduling.request import Request


@dataclass(frozen=True)
class Coverage:
    """How often amounts were within one quantile."""

    quantile: float
    """What share should be within it."""
    within: int
    total: int

    @property
    def share(self) -> float:
        """What share was within it."""
        return self.within / self.total if self.total else float("nan")


def calibration(
    estimator: Estimator, outcomes: Iterable[tuple[Request, float]], quantiles: Sequence[float] = (0.5, 0.8, 0.9, 0.95)
) -> list[Coverage]:
    """Predict each request before its amount is told, in order.

    Args:
        estimator: it learns on the way.
        outcomes: requests and what they took.
        quantiles: between 0 and 1.
    """
    within, total = [0] * len(quantiles), 0
    for request, amount in outcomes:
        prediction = estimator.predict(request)
        for row, quantile in enumerate(quantiles):
            within[row] += amount <= prediction.quantile(quantile)
        total += 1
        estimator.observe(request, amount)
    return [Coverage(quantile, count, total) for quantile, count in zip(quantiles, within, strict=True)]


def as_table(rows: Iterable[Coverage]) -> str:
    """Lines for people.

    >>> print(as_table([Coverage(0.5, 12, 20), Coverage(0.9, 18, 20)]))
    quantile   within   of
         50%    60.0%   20
         90%    90.0%   20
    """
    return "\n".join(
        ["quantile   within   of", *(f"{row.quantile:8.0%} {row.share:8.1%} {row.total:4d}" for row in rows)]
    )
