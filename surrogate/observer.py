"""What the first trainer rank does beside training: it has weights judged, draws curves, says how far the study is.

Nothing here changes what is learned, and nothing keeps training waiting.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from torch import nn

from surrogate.account import Account
from surrogate.board import Board
from surrogate.config import Study
from surrogate.learned import History, Learned
from surrogate.normalisation import Normalisation
from surrogate.result import Progress
from surrogate.trainer import Trainer
from surrogate.validation import HeldOut, Metrics, Validator

_REPORT_S: Final = 1.0
_VALIDATIONS: Final = 20


class Observer:
    """Follows a study.

    Args:
        study: what is trained.
        trainer: whose loss and weights are looked at.
        learned: where the history is kept.
        held_out: simulations that training never sees, not solved yet.
        unit: of the field.
        publish: told about once a second how far the study is.
    """

    def __init__(
        self,
        study: Study,
        trainer: Trainer,
        learned: Learned,
        held_out: HeldOut,
        *,
        unit: str,
        publish: Callable[[Progress], None],
    ) -> None:
        self._study, self._trainer, self._learned, self._publish = study, trainer, learned, publish
        self._held_out, self._unit = held_out, unit
        self._began = self._reported = time.monotonic()
        self._drawn = learned.drawn
        self._judged = 0
        self._validator: Validator | None = None
        self._board: Board | None = None

    @property
    def held_out(self) -> HeldOut:
        """The simulations that training never sees."""
        return self._held_out

    @contextmanager
    def observing(self, events: Path, model: nn.Module, normalisation: Normalisation) -> Iterator[None]:
        """Judge weights and draw curves for as long as the context lasts.

        Args:
            events: folder of the curves.
            model: a network on the CPU, to put weights into.
            normalisation: of its inputs and fields.
        """
        with Board(events) as self._board, Validator(self._held_out, model, normalisation) as self._validator:
            yield

    def follow(self, share: float) -> None:
        """Have the weights judged, twenty times a study; to be called after every step of training.

        Args:
            share: of the study that is over, from 0 to 1.
        """
        if self._validator is not None and share * _VALIDATIONS >= self._judged + 1:
            self._judged = math.floor(share * _VALIDATIONS)
            self._validator.submit(self._trainer.batches, self._trainer.snapshot())

    def judge(self) -> Metrics:
        """Errors of the weights as they are now; waits for them.

        Raises:
            SimulationError: the solver refused one of the held-out simulations.
        """
        assert self._validator is not None  # noqa: S101 - it is asked while it observes
        metrics = self._validator.final(self._trainer.batches, self._trainer.snapshot())
        self._note_validation()
        return metrics

    def report(self, account: Account, share: float) -> None:
        """Say how far the study is, at most once a second.

        Args:
            account: of all ranks.
            share: of the study that is over, from 0 to 1.
        """
        now = time.monotonic()
        if now - self._reported < _REPORT_S:
            return
        self._note_validation()
        self._note_loss()
        counters = account.counters
        progress = Progress(
            simulations=account.complete,
            total=self._study.simulations,
            batches=self._trainer.batches,
            share=share,
            samples_per_second=(counters.drawn - self._drawn) / (now - self._reported),
            unseen_fraction=counters.unseen / max(1, counters.unseen + counters.seen),
            loss=_last(self._learned.losses),
            rmse=_last(self._learned.validation),
            unit=self._unit,
            workers=account.workers,
            counters=counters,
            seconds=now - self._began,
        )
        self._reported, self._drawn = now, counters.drawn
        self._draw(progress)
        self._publish(progress)

    def _draw(self, progress: Progress) -> None:
        if self._board is not None:
            self._board.write(
                progress.batches,
                loss=progress.loss,
                validation_rmse=progress.rmse,
                samples_per_second=progress.samples_per_second,
                unseen_fraction=progress.unseen_fraction,
                workers=progress.workers,
            )

    def _note_loss(self) -> None:
        normalisation, loss = self._learned.normalisation, self._trainer.loss()
        if normalisation is not None and math.isfinite(loss):
            self._learned.losses.append((self._trainer.batches, loss * normalisation.deviation))

    def _note_validation(self) -> None:
        if self._validator is not None:
            self._learned.validation += [(batches, metrics.rmse) for batches, metrics in self._validator.results()]


def _last(history: History) -> float:
    return history[-1][1] if history else math.nan
