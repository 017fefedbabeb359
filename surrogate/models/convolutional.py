"""The convolutional surrogate of (parameters, field) to the field a stride later, on structured grids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import nn

from surrogate.errors import StudyError

_WIDTH: Final = 32
_DILATIONS: Final = ((1, 2, 4, 2, 1), (1, 2, 4, 2, 1))
_TIME: Final = 2
_CONVOLUTIONS: Final = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def convolutional(inputs: int, shape: Sequence[int]) -> nn.Module:
    """A dilated residual network, after Stachenfeld et al., ICLR 2022 (arXiv 2112.15275), Dil-ResNet, but smaller.

    Two blocks of five convolutions of width 32 (there: four of seven, 48 wide), so that a value sees 22 nodes to
    each side. As there, it predicts how the field changes, not the field.

    Raises:
        StudyError: a field has no axis of space, or more than three.
    """
    if not 1 <= len(shape) <= len(_CONVOLUTIONS):
        raise StudyError(
            f"The model 'convolutional' takes fields of one to three axes; this solver's have the shape {tuple(shape)}. "
            "Use 'fully_connected'."
        )
    return _Convolutional(inputs - _TIME, tuple(shape))


class _Convolutional(nn.Module):
    """Encoder, residual blocks, decoder; every parameter is a constant channel, the edges are padded with zeros.

    The time is left out: the equation is the same at every moment.
    """

    def __init__(self, parameters: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self._constants, self._shape = parameters, shape
        convolution = _CONVOLUTIONS[len(shape) - 1]

        def layer(channels: int, width: int, dilation: int) -> nn.Module:
            return convolution(channels, width, 3, padding=dilation, dilation=dilation)

        # the channel of ones lets a convolution see where the padding begins
        self.encoder = layer(1 + parameters + 1, _WIDTH, 1)
        self.blocks = nn.ModuleList(
            nn.Sequential(*(part for dilation in block for part in (layer(_WIDTH, _WIDTH, dilation), nn.ReLU())))
            for block in _DILATIONS
        )
        self.decoder = layer(_WIDTH, 1, 1)
        for parameter in self.decoder.parameters():
            nn.init.zeros_(parameter)  # training begins at "nothing changes", not at noise

    def forward(self, inputs: torch.Tensor, previous: torch.Tensor) -> torch.Tensor:
        """The fields a stride after `previous`, shape (n, values), flat as they came."""
        count = len(previous)
        field = previous.reshape(count, 1, *self._shape)
        constants = inputs[:, : self._constants].reshape(count, self._constants, *(1 for _ in self._shape))
        ones = torch.ones_like(field)
        hidden = self.encoder(torch.cat([field, constants * ones, ones], dim=1))
        for block in self.blocks:
            hidden = hidden + block(hidden)
        change: torch.Tensor = self.decoder(hidden)
        return previous + change.reshape(count, math.prod(self._shape))
