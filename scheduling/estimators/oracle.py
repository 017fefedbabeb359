"""The truth, for simulations in which it is known: what a policy could do if nothing were uncertain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduling.estimators.distribution import Empirical
from scheduling.request import Request


@dataclass(frozen=True)
class Oracle:
    """Predicts the true amount as certain."""

    truth: Callable[[Request], float]

    def predict(self, request: Request) -> Empirical:
        """The true amount."""
        return Empirical([self.truth(request)])

    def observe(self, request: Request, amount: float) -> None:
        """Learn nothing; all is known."""
