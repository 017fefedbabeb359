"""Buffers: which of the fields in the slab are drawn for a batch, and which make room for new ones.

*Sample*: what is drawn, a field or a pair of fields. *Unseen*: with a sample that was never drawn; no policy ever
evicts it. *Drained*: left with its last use by the policy's own rule. One policy a file; the slots that they
decide on are kept by `surrogate.slots`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from surrogate.buffers.count_aware import CountAware
from surrogate.buffers.fifo import Fifo
from surrogate.buffers.firo import Firo
from surrogate.buffers.pairs import Pairs
from surrogate.buffers.policy import Policy
from surrogate.buffers.reservoir import Reservoir
from surrogate.errors import StudyError

__all__ = ["BUFFERS", "Policy", "build_policy"]

BUFFERS: Final[Mapping[str, type[Policy]]] = {
    "fifo": Fifo,
    "firo": Firo,
    "reservoir": Reservoir,
    "count_aware": CountAware,
    "pairs": Pairs,
}
"""The policies by name."""


def build_policy(name: str, *, watermark: int, repeats: float = 1.0, distance: int = 1) -> Policy:
    """The policy of that name.

    Args:
        name: one of `BUFFERS`.
        watermark: samples that must be there before a batch is drawn.
        repeats: how often a sample is drawn on average, at least; `fifo` draws it once.
        distance: steps between the two fields of a sample; for `pairs` alone.

    Raises:
        StudyError: there is no such policy, or a number is out of its range.
    """
    if name not in BUFFERS:
        raise StudyError(f"There is no buffer {name!r}; the names are {', '.join(BUFFERS)}.")
    for setting, value in {"watermark": watermark, "repeats": repeats, "distance": distance}.items():
        if value < 1:
            raise StudyError(f"{setting} of the buffer is {value}; it must be 1 or more.")
    return BUFFERS[name](watermark, repeats, distance if name == "pairs" else 0)
