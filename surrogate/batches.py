"""Batches: drawn, gathered and brought to the device in the background, while the batch before trains.

    intake --draw--> slots --transfer--> batch on the device --next()--> training

A thread keeps at most one batch ready, so that a draw is never far ahead of the training that it is for. What
is drawn, the intake decides; how fields get to the device is `surrogate.transfer`.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from sims.closing import Closing
from surrogate.intake import Intake
from surrogate.normalisation import Normalisation
from surrogate.slots import Draw
from surrogate.transfer import Transfer

_TICK_S: Final = 0.2
CPU: Final = torch.device("cpu")

Keys = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Simulations and steps of samples, each of shape (n,)."""


@dataclass(frozen=True)
class Batch:
    """What one step of training takes; its tensors hold until `Batches.next` gives another."""

    inputs: torch.Tensor
    """Shape (n, parameters + 2), float32, normalised, on the device."""
    previous: torch.Tensor | None
    """The fields to predict from, shape (n, values), float32, normalised; `None` unless samples are pairs."""
    targets: torch.Tensor
    """The fields to predict, shape (n, values), float32, normalised, on the device."""
    simulation: npt.NDArray[np.int64]
    """Where each sample comes from, shape (n,)."""
    step: npt.NDArray[np.int64]
    fresh: npt.NDArray[np.bool_]
    """Whether the sample was never drawn before, shape (n,)."""

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.simulation)


class Batches(Closing):
    """Draws from an intake until production is over and the buffer is empty; a context that ends its thread.

    Args:
        intake: where the fields are; past its watermark, because the scale of the fields is known.
        size: samples of a batch; only the last ones are smaller.
        normalisation: of inputs and fields.
        device: where the batches are wanted.
        watch: called about five times a second, in the thread that calls `next`.

    Attributes:
        waited: seconds in which no batch was there when one was wanted, those before the first not counted.
        started: when the first batch was handed out, by `time.monotonic`; 0 before.
        over: whether the last batch was handed out.
    """

    def __init__(
        self,
        intake: Intake,
        size: int,
        normalisation: Normalisation,
        *,
        device: torch.device = CPU,
        watch: Callable[[], None] = lambda: None,
    ) -> None:
        self._intake, self._size, self._normalisation, self._watch = intake, size, normalisation, watch
        self._transfer = Transfer(intake.slab, size, normalisation, device)
        self._changed, self._drawing = threading.Condition(), threading.Lock()
        self._ready: Batch | None = None
        self._drawn: Keys | None = None
        self._failure: BaseException | None = None
        self._ended = self._closing = False
        self._watched = 0.0
        self.waited = self.started = 0.0
        self.over = False
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)
        self._thread.start()

    def next(self, patience: float = math.inf) -> Batch | None:
        """The next batch, or `None` at the end.

        Args:
            patience: seconds after which `None` is given although it is not `over`, for a trainer whose peers wait.

        Raises:
            StreamError: the intake has failed.
        """
        until = time.monotonic() + patience
        while True:
            self._call_watch()
            asked = time.monotonic()
            with self._changed:
                self._changed.wait_for(self._may_go_on, max(0.0, min(_TICK_S, until - asked)))
            now = time.monotonic()
            self.waited += now - asked if self.started else 0.0
            if self._failure is not None:
                raise self._failure
            if self._ready is not None:
                self.started = self.started or now
                return self._hand_out(self._ready)
            self.over = self._ended
            if self.over or now >= until:
                return None

    def pending(self) -> list[Keys]:
        """Fresh samples that were drawn but that `next` has not handed out yet, as (simulation, step).

        For a checkpoint ask the intake first what was used, and then this: what is in both was not trained on.
        """
        with self._drawing:
            return [] if self._drawn is None else [self._drawn]

    def close(self) -> None:
        """End the thread, which never waits longer than a fifth of a second for anything."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _call_watch(self) -> None:
        if time.monotonic() - self._watched >= _TICK_S:
            self._watch()
            self._watched = time.monotonic()

    def _may_go_on(self) -> bool:
        return self._ready is not None or self._ended or self._failure is not None

    def _hand_out(self, batch: Batch) -> Batch:
        """Give a batch away; the one before has been trained on, and its buffer may be filled."""
        self._transfer.receive(batch.inputs, batch.previous, batch.targets)
        with self._drawing:
            self._drawn = None
        with self._changed:
            self._ready = None
            self._changed.notify_all()
        return batch

    def _run(self) -> None:
        try:
            while not self._closing and not self._ended:
                batch = self._make()
                with self._changed:
                    self._ready = batch
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._closing or self._ready is None)
        except BaseException as error:  # noqa: BLE001 - it is raised to whoever asks for a batch
            self._failure = error
        with self._changed:
            self._changed.notify_all()

    def _make(self) -> Batch | None:
        """Draw and gather; `None` if nothing was there for a while, or never will be."""
        if not self._intake.filled(_TICK_S):
            return None
        with ExitStack() as held:
            # a draw and its note are one, so that a checkpoint never sees a sample that is used and not pending
            with self._drawing:
                draw = held.enter_context(self._intake.draw(self._size, 0.0))
                if draw is not None and len(draw.slots):
                    self._drawn = draw.simulation[draw.fresh], draw.step[draw.fresh]
            if draw is None or not len(draw.slots):
                self._ended = draw is None
                return None
            places = (draw.slots,) if draw.previous is None else (draw.slots, draw.previous)
            rows = self._transfer.gather(*places)
        return self._send(draw, rows)

    def _send(self, draw: Draw, rows: list[torch.Tensor]) -> Batch:
        roster = self._intake.roster
        inputs = self._normalisation.inputs(roster.samples[draw.simulation], (draw.step + 1) / roster.steps)
        inputs, (targets, *previous) = self._transfer.send(rows, inputs)
        return Batch(inputs, previous[0] if previous else None, targets, draw.simulation, draw.step, draw.fresh)


def await_fields(intake: Intake, watch: Callable[[], None]) -> None:
    """Wait until the watermark is reached, or production has ended; meanwhile call `watch` about 5 times a second.

    Raises:
        StreamError: the intake has failed.
    """
    while not intake.filled(_TICK_S):
        watch()
