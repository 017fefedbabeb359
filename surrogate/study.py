"""A study from start to end: solvers stream, the surrogate trains meanwhile, and what came out is kept.

    parameter sets --> workers (MPI) --> slab --> reservoir --> batches --> model --> checkpoint
                                                                  validation --^

Interrupted anywhere, a study stops its workers, removes its slab and leaves what it has learned beside the
place of the checkpoint; the same study goes on from there.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch

from sims.design import draw_samples
from sims.ensemble import Ensemble, Launch, launch_locally
from sims.roster import Roster, SetAside
from surrogate import checkpoint
from surrogate.batches import Batches, await_fields
from surrogate.buffers import build_policy
from surrogate.config import Study
from surrogate.device import find_device, find_precision
from surrogate.errors import CheckpointError, StudyError, TrainingError
from surrogate.intake import Intake
from surrogate.models import build_model
from surrogate.normalisation import Normalisation
from surrogate.plots import plot_fields, plot_learning
from surrogate.slots import Counters
from surrogate.trainer import Trainer
from surrogate.validation import HeldOut, Metrics

__all__ = ["Progress", "Study", "StudyError", "StudyResult", "run_study"]

_REPORT_S = 1.0
_SAVE_S = 15.0
_VALIDATIONS = 20


@dataclass(frozen=True)
class Progress:
    """How far a study is; published about once a second."""

    simulations: int
    """Simulations of which every step has arrived, of `total`."""
    total: int
    batches: int
    """Steps of training."""
    share: float
    """Of the whole study, from 0 to 1."""
    loss: float
    """Recent training error, in the field's unit; NaN before the first batch."""
    rmse: float
    """Last held-out error, in the field's unit; NaN before the first."""
    counters: Counters
    seconds: float


@dataclass(frozen=True)
class StudyResult:
    """What came out of a study."""

    checkpoint: Path
    """For `surrogate.predict.load`."""
    counters: Counters
    """Where every field of this run went; `counters.balanced` says whether all are accounted for."""
    simulations: int
    """Simulations that were completely streamed in this run."""
    resumed: int
    """Simulations that an interrupted run before this one had finished with."""
    failed: tuple[SetAside, ...]
    """Parameter sets that no worker survived."""
    restarts: int
    """Workers that died and were replaced."""
    batches: int
    """Steps of training, those of interrupted runs included."""
    samples_per_second: float
    """Samples trained on, repeated ones included, over the seconds of training."""
    bytes_streamed: int
    idle_share: float
    """Share of the seconds of training in which the trainer waited for samples."""
    metrics: Metrics
    """Errors on held-out simulations."""
    losses: tuple[tuple[int, float], ...]
    """(batches, root mean squared training error since the last point), in the field's unit."""
    validation: tuple[tuple[int, float], ...]
    """(batches, held-out root mean squared error), in the field's unit."""
    unit: str
    """Of the field."""
    plots: dict[str, bytes] = field(repr=False)
    """PNGs: `fields` (solver, surrogate, error) and `learning`."""
    seconds: float
    """Wall time from call to return."""


def run_study(
    study: Study,
    *,
    folder: Path,
    launch: Launch | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> StudyResult:
    """Train a surrogate while its solvers run.

    Args:
        study: what to do.
        folder: where the checkpoint goes, as `<name>.pt`; made if missing.
        launch: how a worker is started; by default with the `mpiexec` beside this Python.
        progress: called about once a second, in this thread.

    Raises:
        StudyError: training cannot go on, or nothing was streamed.
        SimulationError: workers do not start, or the solver refuses.
        StreamError: the slab finds no room, or the intake failed.
        LaunchError: the MPI launcher cannot be run.
    """
    with _threads(study):
        return _Run(study, folder, launch or launch_locally, progress or (lambda _progress: None)).run()


class _Run:
    """One run of a study: its parts, and what it has learned so far."""

    def __init__(self, study: Study, folder: Path, launch: Launch, publish: Callable[[Progress], None]) -> None:
        self.study, self.launch, self.publish = study, launch, publish
        self.began = time.monotonic()
        self.final, self.partial = folder / f"{study.name}.pt", folder / f"{study.name}.partial.pt"
        self.solver = study.find_solver()
        self.shape = self.solver.shape(study.grid)
        torch.manual_seed(study.seed)
        model = build_model(study.model, len(self.solver.bounds) + 2, self.shape)
        self.device = find_device(study.device)
        self.trainer = Trainer(
            model,
            learning_rate=study.learning_rate,
            schedule=study.schedule,
            device=self.device,
            precision=find_precision(study.precision, self.device),
        )
        self.rng = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(2,)))
        self.normalisation: Normalisation | None = None
        self.losses: list[tuple[int, float]] = []
        self.validation: list[tuple[int, float]] = []
        self.done: list[int] = []
        self._resume()
        samples = draw_samples(self.solver.bounds, study.simulations, seed=study.seed, design=study.design)
        self.roster = Roster(samples, list(self.solver.bounds), study.steps, done=self.done)
        self.batches: Batches | None = None
        self.reported = self.saved = self.began

    def run(self) -> StudyResult:
        study = self.study
        with Intake(
            self.shape,
            capacity=study.capacity,
            roster=self.roster,
            policy=build_policy("reservoir", watermark=study.watermark, repeats=study.repeats),
            rng=self.rng,
            patience=study.patience,
            slab_folder=None if study.slab_folder is None else Path(study.slab_folder),
        ) as intake:
            ensemble = Ensemble(
                self.launch,
                lambda name: self._command(intake.address, name),
                ranks=study.ranks,
                workers=study.most_workers,
                lost=intake.lose,
                silent=intake.silent,
                wanted=lambda: not intake.finished,
            )
            try:
                with ensemble:
                    return self._train(intake, ensemble)
            except BaseException:
                self._save(self.partial, intake)
                raise

    def _train(self, intake: Intake, ensemble: Ensemble) -> StudyResult:
        study = self.study
        held_out = self._held_out()
        if not await_fields(intake, lambda: self._watch(intake, ensemble)) and not self.done:
            raise TrainingError(f"No field was streamed; {self._why_nothing()}")
        if self.normalisation is None:
            self.normalisation = Normalisation.of(self.solver.bounds, *intake.measure())
        with Batches(
            intake,
            study.batch_size,
            self.normalisation,
            device=self.device,
            watch=lambda: self._watch(intake, ensemble),
        ) as batches:
            self.batches = batches
            while (batch := batches.next()) is not None:
                share = self._share(intake.counters)
                self.trainer.step(batch, share)
                if share * _VALIDATIONS >= len(self.validation) + 1:
                    self._validate(held_out)
        trained = time.monotonic() - (batches.started or time.monotonic())
        metrics = self._validate(held_out)
        self._save(self.final, intake)
        self.partial.unlink(missing_ok=True)
        counters = intake.counters
        return StudyResult(
            checkpoint=self.final,
            counters=counters,
            simulations=self.roster.complete - len(self.done),
            resumed=len(self.done),
            failed=tuple(self.roster.set_aside.values()),
            restarts=ensemble.restarts,
            batches=self.trainer.batches,
            samples_per_second=counters.drawn / trained if trained else 0.0,
            bytes_streamed=counters.produced * intake.slab.fields[0].nbytes,
            idle_share=batches.waited / trained if trained else 0.0,
            metrics=metrics,
            losses=tuple(self.losses),
            validation=tuple(self.validation),
            unit=self.solver.unit,
            plots=self._plots(held_out, metrics),
            seconds=time.monotonic() - self.began,
        )

    def _watch(self, intake: Intake, ensemble: Ensemble) -> None:
        """Look after workers, reports and the checkpoint, each as often as it needs."""
        now = time.monotonic()
        ensemble.watch()
        if now - self.saved >= _SAVE_S:
            self.saved = now
            self._save(self.partial, intake)
        if now - self.reported >= _REPORT_S:
            self.reported = now
            self._note_loss()
            self._publish(intake.counters)

    def _share(self, counters: Counters) -> float:
        """Share of the study that is over: the fields must have come, and must have been used."""
        total = self.study.samples
        produced = (len(self.done) * self.study.steps + counters.produced) / total
        used = len(self.done) / self.study.simulations + counters.drawn / (self.study.repeats * total)
        return min(produced, used, 1.0)

    def _validate(self, held_out: HeldOut) -> Metrics:
        assert self.normalisation is not None  # noqa: S101 - training has begun
        metrics = held_out.evaluate(self.trainer.model, self.normalisation)
        self._note_loss()
        self.validation.append((self.trainer.batches, metrics.rmse))
        return metrics

    def _note_loss(self) -> None:
        loss = self.trainer.loss()
        if self.normalisation is not None and not math.isnan(loss):
            self.losses.append((self.trainer.batches, loss * self.normalisation.deviation))

    def _publish(self, counters: Counters) -> None:
        self.publish(
            Progress(
                simulations=self.roster.complete,
                total=self.study.simulations,
                batches=self.trainer.batches,
                share=self._share(counters),
                loss=self.losses[-1][1] if self.losses else float("nan"),
                rmse=self.validation[-1][1] if self.validation else float("nan"),
                counters=counters,
                seconds=time.monotonic() - self.began,
            )
        )

    def _held_out(self) -> HeldOut:
        study = self.study
        samples = draw_samples(self.solver.bounds, study.validation_simulations, seed=study.seed, purpose="validation")
        held_out = HeldOut(self.solver, samples, study.grid, study.steps)
        held_out.solve()
        return held_out

    def _plots(self, held_out: HeldOut, metrics: Metrics) -> dict[str, bytes]:
        assert self.normalisation is not None  # noqa: S101 - training has begun
        steps, horizon = self.study.steps, self.solver.horizon
        rows = sorted({steps // 50, steps // 5, steps - 1})
        prediction = held_out.predict(self.trainer.model, self.normalisation, 0)
        times = [horizon * (row + 1) / steps for row in rows]
        fields = plot_fields(held_out.fields[0][rows], prediction[rows], times, self.solver.unit)
        learning = plot_learning(
            self.losses, self.validation, metrics.rmse_by_step, horizon=horizon, unit=self.solver.unit
        )
        return {"fields": fields, "learning": learning}

    def _command(self, address: str, name: str) -> list[str]:
        study = self.study
        settings = {"intake": address, "name": name, "solver": study.solver, "grid": study.grid, "steps": study.steps}
        return [*study.program, *(part for key, value in settings.items() for part in (f"--{key}", str(value)))]

    def _why_nothing(self) -> str:
        reasons = {aside.reason for aside in self.roster.set_aside.values()}
        return f"every parameter set was set aside ({'; '.join(sorted(reasons))})."

    def _save(self, path: Path, intake: Intake) -> None:
        """Keep what was learned so far; nothing, if nothing was."""
        if self.normalisation is None:
            return
        bounds = {name: [bound.low, bound.high, bound.unit] for name, bound in self.solver.bounds.items()}
        checkpoint.save(
            path,
            {
                "study": {**self.study.settings(), "fingerprint": self.study.fingerprint},
                "solver": {
                    "bounds": bounds,
                    "shape": list(self.shape),
                    "horizon": self.solver.horizon,
                    "unit": self.solver.unit,
                },
                "trainer": self.trainer.state(),
                "normalisation": self.normalisation.state(),
                "used": checkpoint.pack_used(self._used_up(intake), {}),
                "random": checkpoint.random_state(self.rng),
                "history": {"losses": self.losses, "validation": self.validation},
                "counters": asdict(intake.counters),
            },
        )

    def _used_up(self, intake: Intake) -> list[int]:
        """Simulations of which every step was trained on."""
        done = set(intake.used().done)
        for simulations, _steps in self.batches.pending() if self.batches else []:
            done -= set(simulations.tolist())
        return sorted(done)

    def _resume(self) -> None:
        """Go on from an interrupted run of the same study, if there is one."""
        try:
            parts = checkpoint.read(self.partial)
        except CheckpointError:
            return  # none, or of another version: the study starts anew
        if parts["study"].get("fingerprint") != self.study.fingerprint:
            return
        self.trainer.resume(parts["trainer"])
        self.normalisation = Normalisation(**parts["normalisation"])
        self.done, _partial = checkpoint.unpack_used(parts["used"], self.study.steps)
        self.losses = [(batch, loss) for batch, loss in parts["history"]["losses"]]
        self.validation = [(batch, rmse) for batch, rmse in parts["history"]["validation"]]


@contextmanager
def _threads(study: Study) -> Iterator[None]:
    """Leave the cores that the solvers compute on to them, for as long as the study runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, (os.cpu_count() or 1) - study.most_workers * study.ranks))
    try:
        yield
    finally:
        torch.set_num_threads(before)
