"""How the learning rate changes as a study proceeds: pure functions of the share that is over.

A study ends when its fields are used up, not after a number of batches that is known before, so that every
schedule takes the share (0 to 1) and gives the factor on the learning rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

_SMALLEST: Final = 0.01
_WARMUP: Final = 0.05
_HALVINGS: Final = 6


def constant(_progress: float) -> float:
    """1 throughout."""
    return 1.0


def cosine(progress: float) -> float:
    """From 1 along half a cosine to 0.01 (Loshchilov and Hutter, SGDR, ICLR 2017, eq. 5, without restarts)."""
    return _SMALLEST + (1.0 - _SMALLEST) * 0.5 * (1.0 + math.cos(math.pi * _clip(progress)))


def linear_warmup_cosine(progress: float) -> float:
    """From 0.01 up to 1 in a line over the first twentieth (Goyal et al., arXiv 1706.02677, 2.2), then the cosine."""
    progress = _clip(progress)
    if progress < _WARMUP:
        return _SMALLEST + (1.0 - _SMALLEST) * progress / _WARMUP
    return cosine((progress - _WARMUP) / (1.0 - _WARMUP))


def halving(progress: float) -> float:
    """Halved six times at equal distances, to 1/64, as in the milestone lists of Meyer et al., ICML 2023."""
    return 0.5 ** math.floor(_clip(progress) * (_HALVINGS + 1) * (1.0 - 1e-12))


def _clip(progress: float) -> float:
    return min(max(progress, 0.0), 1.0)


SCHEDULES: Final[Mapping[str, Callable[[float], float]]] = {
    "constant": constant,
    "cosine": cosine,
    "linear_warmup_cosine": linear_warmup_cosine,
    "halving": halving,
}
"""By name."""
