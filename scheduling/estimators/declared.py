"""What requests say of themselves, believed.

Bias: whoever declares too little gets in front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduling.estimators.distribution import Empirical
from scheduling.estimators.estimator import declared_seconds
from scheduling.request import Request


@dataclass(frozen=True)
class Declared:
    """Predicts the declared amount as certain."""

    amount: Callable[[Request], float] = declared_seconds

    def predict(self, request: Request) -> Empirical:
        """The declared amount."""
        return Empirical([self.amount(request)])

    def observe(self, request: Request, amount: float) -> None:
        """Learn nothing."""
