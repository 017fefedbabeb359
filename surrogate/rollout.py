"""Going on from a field with an autoregressive network, whose answer is its next question."""

from __future__ import annotations

import torch
from torch import nn


def roll_out(model: nn.Module, inputs: torch.Tensor, fields: torch.Tensor, count: int) -> torch.Tensor:
    """Predict, from the prediction predict again, and so on.

    Args:
        model: takes inputs and fields, and gives the fields a stride later.
        inputs: shape (n, parameters + 2).
        fields: where to begin, normalised, shape (n, values).
        count: how many strides.

    Returns:
        The fields after each stride, normalised, shape (count, n, values).
    """
    trajectory = []
    for _ in range(count):
        fields = model(inputs, fields)
        trajectory.append(fields)
    return torch.stack(trajectory)
