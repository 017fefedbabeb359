"""One trainer rank's part of a study: its intake, its workers, its share of the parameter sets, its loop.

    parameter sets --> workers (MPI) --> slab --> buffer --> batches --> trainer --> checkpoint
                                                                    validation --^

With one rank this is the whole study. With several, every rank has a reservoir and workers of its own, and
before each step of training they exchange what they have: a rank that has run out of samples takes part with
nothing, so that none waits for ever and no sample is left over.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn

from sims.design import draw_samples
from sims.ensemble import LAUNCHERS, Ensemble, Launch
from sims.roster import Roster
from sims.steering import Steering
from surrogate import checkpoint
from surrogate.account import Account, Outcome
from surrogate.batches import Batch, Batches, Keys, await_fields
from surrogate.buffers import build_policy
from surrogate.config import Study
from surrogate.device import find_device, find_precision
from surrogate.errors import TrainingError
from surrogate.group import Group
from surrogate.intake import Intake
from surrogate.interrupts import deferred
from surrogate.learned import Learned, merge, without
from surrogate.models import build_model
from surrogate.normalisation import Normalisation
from surrogate.observer import Observer
from surrogate.result import Progress
from surrogate.trainer import Trainer
from surrogate.validation import HeldOut

_SAVE_S: Final = 15.0
_TICK_S: Final = 0.2


class Run:
    """One trainer rank of a study; `train` does it.

    Args:
        study: what is trained.
        folder: where the checkpoint and the events go.
        launch: how a worker is started.
        group: the trainer ranks.
        check: called several times a second; raises if another rank is gone.
        publish: told about once a second how far the study is; on the first rank.
    """

    def __init__(
        self,
        study: Study,
        folder: Path,
        launch: Launch,
        group: Group,
        *,
        check: Callable[[], None] = lambda: None,
        publish: Callable[[Progress], None] = lambda _progress: None,
    ) -> None:
        self.study, self.launch, self.group, self.check = study, launch, group, check
        self.saved = time.monotonic()
        self.final, self.partial = folder / f"{study.name}.pt", folder / f"{study.name}.partial.pt"
        self.events = folder / f"{study.name}.events"
        self.solver = study.find_solver()
        self.shape = self.solver.shape(study.grid)
        self.device = find_device(study.device, group.rank)
        self.learned = Learned.read(self.partial, study)
        torch.manual_seed(study.seed)
        self.trainer = Trainer(
            self._model(),
            learning_rate=study.learning_rate,
            schedule=study.schedule,
            device=self.device,
            precision=find_precision(study.precision, self.device),
            group=group,
        )
        self.rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(2, group.rank)))
        if self.learned.trainer is not None:
            self.trainer.resume(self.learned.trainer)
            self.learned.trainer = None  # as large as the trainer's own
        if self.learned.random is not None and group.rank == 0:
            checkpoint.restore_random(self.learned.random, self.rng)
        self.policy = build_policy(
            study.buffer, watermark=study.watermark, repeats=study.repeats, distance=study.pair_distance
        )
        self.share = range(group.rank, study.simulations, group.size)
        self.roster = self._roster()
        self.resumed = self.roster.complete
        self.carried = self.learned.carried(self.share, study.steps)
        self.batches: Batches | None = None
        self.in_hand: Batch | None = None
        self.observer = None
        if group.rank == 0:
            self.observer = Observer(
                study, self.trainer, self.learned, self._held_out(), unit=self.solver.unit, publish=publish
            )

    def train(self) -> Outcome:
        """Train until the parameter sets, or the budget, are used up, and keep the checkpoint.

        Returns:
            What all ranks leave, on each of them; on the first one `metrics` is there too.

        Raises:
            StudyError: training cannot go on, or nothing was streamed.
            SimulationError: workers do not start, or the solver refuses.
            StreamError: the slab finds no room, or the intake failed.
        """
        with ExitStack() as stack:
            self.intake = stack.enter_context(self._intake())
            self.ensemble = stack.enter_context(self._ensemble())
            normalisation = self._normalisation()
            if self.observer is not None:
                stack.enter_context(self.observer.observing(self.events, self._model(), normalisation))
            self.batches = stack.enter_context(
                Batches(self.intake, self.study.batch_size, normalisation, device=self.device, watch=self._watch)
            )
            with deferred() as check_signals:
                try:
                    self._loop(self.batches, check_signals)
                except BaseException:
                    if self.group.size == 1:  # others cannot be asked any more; what they agreed on last is there
                        self._save(self.partial)
                    raise
            self._save(self.final)
            outcome = Outcome.together(self.group.gather(self._outcome(self.batches)))
            if self.observer is not None:
                self.metrics = self.observer.judge()
            return outcome

    def _loop(self, batches: Batches, check_signals: Callable[[], None]) -> None:
        """Steps of training until no rank has a sample left."""
        while True:
            check_signals()
            batch = batches.next(_TICK_S)  # others, and signals, wait for this rank
            account = self._account(batch).summed(self.group)
            if not account.samples:
                if not account.running:
                    return
                continue
            share = self._share(account)
            self.in_hand = batch
            self.trainer.step(batch, share, weight=_size(batch) * self.group.size / account.samples)
            self.in_hand = None
            if account.save:
                self.saved = time.monotonic()
                self._save(self.partial)
            if self.observer is not None:
                self.observer.follow(share)
                self.observer.report(account, share)

    def _watch(self) -> None:
        """Look after everything around the trainer while it waits, and before every batch."""
        self.check()
        self.ensemble.watch()
        if self.observer is not None and self.group.size == 1:  # with others the account needs all of them
            account = self._account(None)
            self.observer.report(account, self._share(account))

    def _account(self, batch: Batch | None) -> Account:
        return Account(
            samples=_size(batch),
            running=int(self.batches is None or not self.batches.over),
            save=int(self.group.rank == 0 and time.monotonic() - self.saved >= _SAVE_S),
            complete=self.roster.complete,
            workers=self.ensemble.running,
            solver_seconds=round(self.ensemble.spent_s),
            counters=self.intake.counters,
        )

    def _share(self, account: Account) -> float:
        """Share of the study that is over, from 0 to 1: the fields must have come, and must have been used."""
        study, counters = self.study, account.counters
        if not counters.produced:
            return 0.0
        came = counters.produced / study.samples
        if study.solver_hours is not None:
            came = max(came, account.solver_seconds / 3600.0 / study.solver_hours)
        return min(came, came * counters.drawn / (self.policy.repeats * counters.produced), 1.0)

    def _save(self, path: Path) -> None:
        """Keep what was learned: what all ranks have trained on, and nothing else, counts as used."""
        used, untrained = self.intake.used(), [] if self.batches is None else self.batches.pending()
        if self.in_hand is not None:  # its step has failed
            untrained = [*untrained, _fresh(self.in_hand)]
        if distance := self.policy.distance:  # of an untrained pair neither field has been used
            untrained = [*untrained, *((simulation, step - distance) for simulation, step in untrained)]
        used = merge(self.group.gather(without(used, untrained, self.study.steps)))
        account, solver = self._account(None).summed(self.group), self.solver
        if self.group.rank == 0:
            bounds = {name: [bound.low, bound.high, bound.unit] for name, bound in solver.bounds.items()}
            described = {"bounds": bounds, "shape": list(self.shape), "horizon": solver.horizon, "unit": solver.unit}
            learned = self.learned.parts(self.study, described, used, account)
            random = checkpoint.random_state(self.rng)
            checkpoint.save(path, {**learned, "trainer": self.trainer.state(), "random": random})

    def _outcome(self, batches: Batches) -> Outcome:
        counters, now = self.intake.counters, time.monotonic()
        return Outcome(
            complete=self.roster.complete,
            resumed=self.resumed,
            failed=tuple(self.roster.set_aside.values()),
            not_run=len(self.share) - self.roster.complete - len(self.roster.set_aside),
            restarts=self.ensemble.restarts,
            solver_hours=self.ensemble.spent_s / 3600.0,
            counters=counters,
            produced=counters.produced - self.carried.produced,
            trained=counters.drawn - self.carried.drawn,
            waited=batches.waited,
            seconds=now - (batches.started or now),
        )

    # --- the parts

    def _roster(self) -> Roster:
        study, bounds, used = self.study, self.solver.bounds, self.learned.used
        samples = draw_samples(bounds, study.simulations, seed=study.seed, design=study.design)
        return Roster(
            samples,
            list(bounds),
            study.steps,
            share=self.share,
            done=used.done,
            partial=used.partial,
            attempts=study.attempts,
        )

    def _intake(self) -> Intake:
        study = self.study
        return Intake(
            self.shape,
            capacity=study.capacity,
            roster=self.roster,
            policy=self.policy,
            rng=self.rng,
            carried=self.carried,
            patience=study.patience,
            step_timeout=study.step_timeout,
            slab_folder=None if study.slab_folder is None else Path(study.slab_folder),
            host=study.host,
        )

    def _normalisation(self) -> Normalisation:
        """The scales of the fields: those of an interrupted run, or measured on what all ranks have at the watermark."""
        await_fields(self.intake, self._watch)
        mean, deviation = self.intake.measure()
        here = float(self.intake.counters.produced > self.carried.produced)
        ranks, first, second = self.group.sum([here, here * mean, here * (deviation**2 + mean**2)])
        if self.learned.normalisation is None:
            if not ranks:
                raise TrainingError(f"No field was streamed; {self._why_nothing()}")
            mean = first / ranks
            deviation = math.sqrt(max(0.0, second / ranks - mean**2))
            self.learned.normalisation = Normalisation.of(self.solver.bounds, mean, deviation)
        return self.learned.normalisation

    def _ensemble(self) -> Ensemble:
        study, intake = self.study, self.intake
        return Ensemble(
            self.launch,
            self._command,
            ranks=study.ranks,
            workers=study.workers or Steering(1.0 / self.policy.repeats, study.most_workers),
            lost=intake.lose,
            silent=intake.silent,
            wanted=lambda: not intake.finished,
            unseen=self._unseen_fraction,
            retire=intake.retire,
            budget_s=None if study.solver_hours is None else 3600.0 * study.solver_hours / self.group.size,
            spent_s=self.learned.spent_s / self.group.size,
            close=intake.hand_out_no_more,
        )

    def _unseen_fraction(self) -> float | None:
        """For the steering; a trainer that waits for samples has seen them all, whatever the buffer says."""
        if self.batches is None:
            return None
        return self.intake.unseen_fraction if self.intake.filled(0.0) else 0.0

    def _command(self, name: str) -> list[str]:
        study = self.study
        settings = {
            "intake": self.intake.address,
            "name": name,
            "solver": study.solver,
            "grid": study.grid,
            "steps": study.steps,
        }
        return [*study.program, *(part for key, value in settings.items() for part in (f"--{key}", str(value)))]

    def _model(self) -> nn.Module:
        return build_model(self.study.model, len(self.solver.bounds) + 2, self.shape)

    def _held_out(self) -> HeldOut:
        study, bounds = self.study, self.solver.bounds
        samples = draw_samples(bounds, study.validation_simulations, seed=study.seed, purpose="validation")
        return HeldOut(self.solver, samples, study.grid, study.steps, self.policy.distance or None)

    def _why_nothing(self) -> str:
        reasons = {aside.reason for aside in self.roster.set_aside.values()}
        return f"every parameter set was set aside ({'; '.join(sorted(reasons))})."


def launcher_of(study: Study) -> Launch:
    """How the study starts its workers."""
    return partial(LAUNCHERS[study.launcher], options=study.launcher_options)


def _size(batch: Batch | None) -> int:
    return 0 if batch is None else len(batch)


def _fresh(batch: Batch) -> Keys:
    return batch.simulation[batch.fresh], batch.step[batch.fresh]
