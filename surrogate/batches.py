"""Batches: slots drawn by the intake, gathered by index into one preallocated tensor."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from surrogate.intake import Intake
from surrogate.normalisation import Normalisation

_TICK_S = 0.2


@dataclass(frozen=True)
class Batch:
    """What one step of training takes."""

    inputs: torch.Tensor
    """Shape (n, inputs), float32, normalised."""
    targets: torch.Tensor
    """Shape (n, values), float32, normalised; overwritten by the next batch."""
    simulation: npt.NDArray[np.int64]
    """Where each sample comes from, shape (n,)."""
    step: npt.NDArray[np.int64]


class Batches:
    """Draws from an intake until production is over and the reservoir is empty.

    Args:
        intake: where the fields are.
        size: samples of a batch; only the last ones are smaller.
        watch: called about five times a second while waiting, and before every batch.

    Attributes:
        waited: seconds spent waiting for samples after the first batch.
        started: when the first batch came, by `time.monotonic`; 0 before.
    """

    def __init__(self, intake: Intake, size: int, watch: Callable[[], None]) -> None:
        self._intake, self._size, self._watch = intake, size, watch
        lines = intake.slab.lines
        self._buffer = np.empty((size, lines.shape[1]), np.float32)
        self._values = math.prod(intake.slab.fields.shape[1:])
        self.waited = self.started = 0.0

    def next(self, normalisation: Normalisation) -> Batch | None:
        """The next batch, or `None` at the end.

        Raises:
            StreamError: the intake has failed.
        """
        began = time.monotonic()
        while True:
            self._watch()
            with self._intake.draw(self._size, _TICK_S) as draw:
                if draw is None:
                    return None
                if not len(draw.slots):
                    continue
                waited = time.monotonic() - began
                # "clip" because the other modes gather into a copy first
                rows = self._buffer[: len(draw.slots)]
                np.take(self._intake.slab.lines, draw.slots, axis=0, out=rows, mode="clip")
            self.waited += waited if self.started else 0.0
            self.started = self.started or time.monotonic()
            roster = self._intake.roster
            inputs = normalisation.inputs(roster.samples[draw.simulation], (draw.step + 1) / roster.steps)
            targets = normalisation.normalise_(torch.from_numpy(rows[:, : self._values]))
            return Batch(inputs, targets, draw.simulation, draw.step)

    def await_first(self) -> bool:
        """Wait until the watermark is reached; false if production ended without a single field.

        Raises:
            StreamError: the intake has failed.
        """
        while not self._intake.filled(_TICK_S):
            self._watch()
        return self._intake.counters.produced > 0
