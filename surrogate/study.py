"""A study from start to end: solvers stream, the surrogate trains meanwhile, and what came out is kept.

Interrupted anywhere, a study stops its workers, removes its slab and leaves what it has learned beside the
place of the checkpoint; the same study goes on from there. What one trainer rank does is `surrogate.run`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sims.ensemble import Launch
from surrogate.account import Outcome
from surrogate.config import Study
from surrogate.errors import StudyError
from surrogate.lock import locked
from surrogate.peers import Peers
from surrogate.result import Progress, StudyResult
from surrogate.run import Run, launcher_of
from surrogate.threads import trainer_threads

__all__ = ["Progress", "Study", "StudyError", "StudyResult", "run_study"]


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
        launch: how a worker of the first trainer rank is started; by default as the study's launcher does it.
        progress: called about once a second, in this thread.

    Raises:
        StudyError: training cannot go on, nothing was streamed, or the same study is running already.
        SimulationError: workers do not start, or the solver refuses.
        StreamError: the slab finds no room, or the intake failed.
        LaunchError: the MPI launcher cannot be run.
    """
    began = time.monotonic()
    publish = progress or (lambda _progress: None)
    with locked(folder, study.name), trainer_threads(study), Peers(study, folder) as peers, peers.meet() as group:
        run = Run(study, folder, launch or launcher_of(study), group, check=peers.check, publish=publish)
        outcome = run.train()
        run.partial.unlink(missing_ok=True)
        return _result(run, outcome, time.monotonic() - began)


def _result(run: Run, outcome: Outcome, seconds: float) -> StudyResult:
    return StudyResult(
        checkpoint=run.final,
        events=run.events,
        counters=outcome.counters,
        simulations=outcome.complete - outcome.resumed,
        resumed=outcome.resumed,
        failed=outcome.failed,
        not_run=outcome.not_run,
        restarts=outcome.restarts,
        batches=run.trainer.batches,
        samples_per_second=outcome.trained / outcome.seconds if outcome.seconds else 0.0,
        bytes_streamed=outcome.produced * 4 * int(np.prod(run.shape)),
        idle_share=outcome.waited / outcome.seconds if outcome.seconds else 0.0,
        solver_hours=outcome.solver_hours,
        metrics=run.metrics,
        losses=tuple(run.learned.losses),
        validation=tuple(run.learned.validation),
        unit=run.solver.unit,
        plots=_plots(run),
        seconds=seconds,
    )


def _plots(run: Run) -> dict[str, bytes]:
    from surrogate.plots import plot_fields, plot_learning  # here, so that training goes without the memory of it

    assert run.observer is not None  # noqa: S101 - this is the first rank
    assert run.learned.normalisation is not None  # noqa: S101 - it has trained
    held_out = run.observer.held_out
    steps, horizon, unit = run.study.steps, run.solver.horizon, run.solver.unit
    rows = sorted({steps // 50, steps // 5, steps - 1})
    prediction = held_out.predict(run.trainer.model, run.learned.normalisation, 0)
    times = [horizon * (row + 1) / steps for row in rows]
    learning = plot_learning(
        run.learned.losses, run.learned.validation, run.metrics.rmse_by_step, horizon=horizon, unit=unit
    )
    return {"fields": plot_fields(held_out.fields[0][rows], prediction[rows], times, unit), "learning": learning}
