"""The fully connected surrogate of (parameters, time) to a whole field."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import nn

_WIDTH = 256


def fully_connected(inputs: int, shape: Sequence[int]) -> nn.Module:
    """Two hidden layers of 256 with ReLU and one output a node, as in Meyer et al., ICML 2023, for the heat equation."""
    return nn.Sequential(
        nn.Linear(inputs, _WIDTH),
        nn.ReLU(),
        nn.Linear(_WIDTH, _WIDTH),
        nn.ReLU(),
        nn.Linear(_WIDTH, math.prod(shape)),
    )
