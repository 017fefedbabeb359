"""Mixing experts that are not always awake, with small regret to each one over the rounds in which it was.

AdaNormalHedge (Luo, Schapire, *Achieving All with No Parameters*, COLT 2015) for sleeping experts: nothing has to
be tuned, experts may join at any time, and losses are between 0 and 1. What the experts say is the caller's affair.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np

from scheduling.occupancy import Floats


class AdaNormalHedge:
    """Weights of experts, from their losses so far."""

    def __init__(self) -> None:
        self.regret: dict[Hashable, float] = {}
        """R of each expert: the mixture's loss minus its own, over the rounds in which it was awake."""
        self._magnitude: dict[Hashable, float] = {}
        """C of each expert: the sum of the absolute values of the same differences."""

    def weights(self, awake: Sequence[Hashable]) -> Floats:
        """(n) what each of the experts that are awake counts, 1 in sum.

        Proportional to w(R, C) = (Φ(R + 1, C + 1) - Φ(R - 1, C + 1)) / 2 with Φ(R, C) = exp(max(R, 0)² / 3C); alike
        if no expert was ever better than the mixture.
        """
        raw = np.array([_weight(self.regret.get(expert, 0.0), self._magnitude.get(expert, 0.0)) for expert in awake])
        return raw / raw.sum() if raw.sum() > 0 else np.full(len(awake), 1 / len(awake))

    def update(self, awake: Sequence[Hashable], losses: Floats) -> None:
        """Learn the losses (n), between 0 and 1, of the experts that were awake."""
        differences = self.weights(awake) @ losses - losses
        for expert, difference in zip(awake, differences.tolist(), strict=True):
            self.regret[expert] = self.regret.get(expert, 0.0) + difference
            self._magnitude[expert] = self._magnitude.get(expert, 0.0) + abs(difference)

    def bound(self, expert: Hashable) -> float:
        """What the regret to an expert cannot exceed, whatever the losses were: sqrt(3 C ln(N B)).

        N experts were ever awake, and B = 1 + 3/2 mean(1 + ln(1 + C)) over them. From the proof of theorem 1: the mean
        of Φ(R, C) over experts is at most B, so that no single Φ exceeds N B.
        """
        growth = 1 + 1.5 * np.mean([1 + math.log1p(magnitude) for magnitude in self._magnitude.values()])
        return math.sqrt(3 * self._magnitude[expert] * math.log(len(self._magnitude) * growth))


def _weight(regret: float, magnitude: float) -> float:
    """w(R, C); R is within the bound, so that Φ cannot overflow."""
    return (_potential(regret + 1, magnitude + 1) - _potential(regret - 1, magnitude + 1)) / 2


def _potential(regret: float, magnitude: float) -> float:
    """Φ(R, C)."""
    return math.exp(max(regret, 0.0) ** 2 / (3 * magnitude))
