"""One step of training after the other, on batches that come from anywhere."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from surrogate.batches import Batch
from surrogate.errors import TrainingError

_SMALLEST: float = 0.01


class Trainer:
    """A network with its optimizer: Adam on the mean squared error of normalised fields.

    The learning rate falls along half a cosine to a hundredth of its start as the study proceeds
    (Loshchilov and Hutter, SGDR, ICLR 2017, eq. 5, without restarts).

    Attributes:
        model: the network.
        batches: steps taken, over all interruptions.
    """

    def __init__(self, model: nn.Module, learning_rate: float) -> None:
        self.model, self.batches = model, 0
        self._learning_rate = learning_rate
        self._optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

    def step(self, batch: Batch, progress: float) -> float:
        """Train on one batch.

        Args:
            batch: what to train on.
            progress: share of the study that is over, from 0 to 1.

        Returns:
            The mean squared error before the step, in squared standard deviations of the field.

        Raises:
            TrainingError: the loss is not finite; the weights are those before the step.
        """
        falling = 0.5 * (1.0 + math.cos(math.pi * min(progress, 1.0)))
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate * (_SMALLEST + (1.0 - _SMALLEST) * falling)
        self._optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.mse_loss(self.model(batch.inputs), batch.targets)
        value = loss.item()
        if not math.isfinite(value):
            raise TrainingError(self._not_finite(batch, value))
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without types
        self._optimizer.step()
        self.batches += 1
        return value

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"model": self.model.state_dict(), "optimizer": self._optimizer.state_dict(), "batches": self.batches}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.batches = state["batches"]

    def _not_finite(self, batch: Batch, value: float) -> str:
        bad = ~torch.isfinite(batch.targets).all(dim=1).numpy()
        samples = [f"simulation {s} step {t}" for s, t in zip(batch.simulation[bad], batch.step[bad], strict=True)]
        cause = (
            f"the solver gave values that are not finite in {', '.join(samples[:5])}"
            if samples
            else "all fields are finite, so training diverged; lower learning_rate"
        )
        return f"The loss of batch {self.batches} is {value}: {cause}."
