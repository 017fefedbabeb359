"""Fields out of the slab into a batch: one copy, by index. Which slots, and what a batch is, others decide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from sims.stream.slab import Slab


def lines_of(slab: Slab) -> torch.Tensor:
    """The slots as a tensor on the same memory, shape (slots, values + padding), float32."""
    return torch.from_numpy(slab.lines)


def gather(lines: torch.Tensor, slots: npt.NDArray[np.int64], out: torch.Tensor) -> torch.Tensor:
    """Copy slots into the first rows of a batch, with all threads of torch.

    Args:
        lines: the slab, by `lines_of`.
        slots: which, shape (n,).
        out: the batch, shape (at least n, values + padding), contiguous; pinned memory if it is bound for a GPU.

    Returns:
        The rows that were written, shape (n, values + padding), a view of `out`.
    """
    rows = out[: len(slots)]
    torch.index_select(lines, 0, torch.from_numpy(slots), out=rows)
    return rows
