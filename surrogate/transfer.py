"""Fields from the slab to the device that trains: gathered into reused buffers, copied beside the training.

    slab --gather--> buffer in pinned memory --side stream--> device, normalised there        (GPU)
    slab --gather--> buffer, normalised in place                                             (CPU)

There are two buffers in turn, so that one can be filled while the other is in use. Who draws, and when, is
`surrogate.batches`.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from sims.stream.slab import Slab
from surrogate.gather import gather, lines_of
from surrogate.normalisation import Normalisation

_TURNS: Final = 2


class Transfer:
    """The way of the fields of one slab to one device.

    Args:
        slab: where the fields are.
        size: samples of a batch, at most.
        normalisation: of the fields.
        device: where they are wanted.
    """

    def __init__(self, slab: Slab, size: int, normalisation: Normalisation, device: torch.device) -> None:
        self._lines, self._size, self._normalisation, self._device = lines_of(slab), size, normalisation, device
        self._values = math.prod(slab.fields.shape[1:])
        self._cuda = device.type == "cuda"
        self._buffers: dict[tuple[int, int], torch.Tensor] = {}
        self._turn = 0
        if self._cuda:
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # torch leaves it without types
            self._copied = [torch.cuda.Event() for _ in range(_TURNS)]  # type: ignore[no-untyped-call]

    def gather(self, *places: npt.NDArray[np.int64]) -> list[torch.Tensor]:
        """Copy slots into the buffers whose turn it is; afterwards the slab may change.

        Args:
            places: slots of each part of a batch, each of shape (n,).

        Returns:
            For each part shape (n, values + padding), in the field's unit, overwritten at the next but one call.
        """
        self._turn = (self._turn + 1) % _TURNS
        if self._cuda:
            self._copied[self._turn].synchronize()  # the copy of two batches ago; it has long ended
        return [gather(self._lines, slots, self._buffer(part)) for part, slots in enumerate(places)]

    def send(self, rows: list[torch.Tensor], inputs: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Bring what `gather` gave, and the inputs, to the device.

        Returns:
            The inputs, and for each part the normalised fields, shape (n, values). On a GPU they are ready only
            after `receive`.
        """
        if not self._cuda:
            return inputs, [self._normalise_(part) for part in rows]
        with torch.cuda.stream(self._stream):
            inputs = inputs.to(self._device, non_blocking=True)
            parts = [part.to(self._device, non_blocking=True) for part in rows]
            self._copied[self._turn].record(self._stream)
            return inputs, [self._normalise_(part) for part in parts]

    def receive(self, *tensors: torch.Tensor | None) -> None:
        """Let the stream that trains, the current one of this thread, wait for what was sent."""
        if self._cuda:
            training = torch.cuda.current_stream(self._device)
            training.wait_stream(self._stream)
            for tensor in tensors:
                if tensor is not None:
                    # made on the side stream: its memory must not be given away there while training reads it
                    tensor.record_stream(training)

    def _normalise_(self, part: torch.Tensor) -> torch.Tensor:
        return self._normalisation.normalise_(part[:, : self._values])

    def _buffer(self, part: int) -> torch.Tensor:
        key = (self._turn, part)
        if key not in self._buffers:
            self._buffers[key] = torch.empty((self._size, self._lines.shape[1]), pin_memory=self._cuda)
        return self._buffers[key]
