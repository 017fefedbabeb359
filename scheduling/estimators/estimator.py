"""What every estimator can do, and what a request says of itself."""

from __future__ import annotations

from typing import Protocol

from scheduling.estimators.distribution import Distribution
from scheduling.policies.columns import ASSUMED_SECONDS
from scheduling.request import Request


class EstimatorError(ValueError):
    """An estimator, or what it is told, is not sensible; the message says what was found and what is allowed."""


class Estimator(Protocol):
    """Predicts one positive quantity of requests; whoever needs run time and memory keeps two."""

    def predict(self, request: Request) -> Distribution:
        """What the request may take, as far as is known now."""
        ...

    def observe(self, request: Request, amount: float) -> None:
        """Learn what the request took, in the unit of predictions.

        Raises:
            EstimatorError: the amount is not a positive finite number, and this estimator learns.
        """
        ...


def declared_seconds(request: Request) -> float:
    """The run time that comes with a request, or what is assumed where none does, seconds at speed 1."""
    return ASSUMED_SECONDS if request.estimate is None else request.estimate


def check_amount(request: Request, amount: float) -> None:
    """See that an amount can be learned from.

    Raises:
        EstimatorError: it cannot.
    """
    if not 0 < amount < float("inf"):
        raise EstimatorError(
            f"Request {request.id!r} is said to have taken {amount}; it must be a finite number above 0."
        )
