"""Between the units of a solver and the numbers that a network likes.

Inputs are scaled by the bounds of the design, which are known. The scale of the fields is measured on what
the reservoir holds when the watermark is reached, and frozen: it is part of the model from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch

from sims.solver import Bounds


@dataclass(frozen=True)
class Normalisation:
    """Frozen scales of one study."""

    low: tuple[float, ...]
    """Lower bound of every parameter."""
    high: tuple[float, ...]
    """Upper bound of every parameter."""
    mean: float
    """Mean of the field's values, in the field's unit."""
    deviation: float
    """Their standard deviation; 1 where a field is constant."""

    @classmethod
    def of(cls, bounds: Mapping[str, Bounds], mean: float, deviation: float) -> Self:
        """From the bounds of a design and the measured values of its fields."""
        low, high = tuple(b.low for b in bounds.values()), tuple(b.high for b in bounds.values())
        return cls(low, high, mean, deviation if deviation > 0 else 1.0)

    def inputs(self, parameters: npt.NDArray[np.float64], fraction: Sequence[float] | npt.NDArray[Any]) -> torch.Tensor:
        """What the network takes.

        Args:
            parameters: shape (n, parameters), in their own units.
            fraction: of the horizon that has passed, shape (n,), from 0 to 1.

        Returns:
            Shape (n, parameters + 2), float32, each from -1 to 1: the parameters, the time, and its square
            root. A field that starts to change at once moves as the square root of time (a boundary layer
            is as thick as sqrt(alpha t)), which a network of few layers cannot make from the time itself.
        """
        low, high = np.array(self.low), np.array(self.high)
        scaled = 2.0 * (parameters - low) / np.where(high > low, high - low, 1.0) - 1.0
        time = np.asarray(fraction, np.float64)[:, None]
        columns = np.concatenate([scaled, 2.0 * time - 1.0, 2.0 * np.sqrt(time) - 1.0], axis=1)
        return torch.from_numpy(columns.astype(np.float32))

    def normalise_(self, fields: torch.Tensor) -> torch.Tensor:
        """Fields in their unit to numbers around 0, in place."""
        return fields.sub_(self.mean).div_(self.deviation)

    def restore(self, outputs: torch.Tensor) -> torch.Tensor:
        """What the network gives, in the field's unit."""
        return outputs * self.deviation + self.mean

    def state(self) -> dict[str, Any]:
        """As plain values for a checkpoint; `Normalisation(**state)` is the way back."""
        return asdict(self)
