"""Training a surrogate while its solvers run.

One asset is one study; `surrogate.study` does the work, and the ranks are started through `mpi`, so that
they end with the step.
"""

import dataclasses
import math
import time
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from assets.explain import explained
from assets.freshness import WEEKLY
from assets.metadata import FIGURES, picture, rounded
from assets.needs import Installation, Mpi

if TYPE_CHECKING:
    from surrogate.study import Progress, Study, StudyResult

ORDER_TOLERANCE = 0.2
"""The finest two meshes are not infinitely fine; a wrong scheme misses the order by one."""

ACCEPTED_ERROR = 0.02
"""Relative error on unseen simulations above which a surrogate is not worth using; a warning, not a stop."""


class StudyConfig(dg.Config):
    """What to simulate and how long; what is left out keeps the study's own default."""

    solver: str = Field(default="heat2d", description="Name of a solver, or path.py:Class of an own one.")
    name: str | None = Field(default=None, description="Of the study and its checkpoint; left out, it is the solver's.")
    simulations: int | None = Field(default=None, description="How many simulations to run and train on.")
    grid: int | None = Field(default=None, description="Nodes in each direction.")
    steps: int | None = Field(default=None, description="Time steps of a simulation; each is a sample.")
    ranks: int | None = Field(default=None, description="MPI ranks of a simulation.")
    workers: int | None = Field(default=None, description="Simulations that run at the same time.")
    seed: int | None = Field(default=None, description="Of the parameter design, the weights and the batches.")


@dg.asset(
    group_name="training",
    kinds={"mpi", "numpy"},
    check_specs=[
        dg.AssetCheckSpec(
            "order_of_accuracy",
            asset="solver_verification",
            blocking=True,
            description="Halving the mesh width and quartering the time step divides the error by four.",
        )
    ],
)
def solver_verification(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    mpi: dg.ResourceParam[Mpi],
) -> dg.MaterializeResult:
    """The heat solver on MPI ranks against its exact solution, before anything is trained on it."""
    with mpi.session(context) as session:
        (report,) = session.run(["-m", "sims.verify"], installation.ranks, timeout_s=300)
    return dg.MaterializeResult(
        metadata={"order": report["order"], "error_k": report["errors_k"][-1], "ranks": report["ranks"]},
        check_results=[
            dg.AssetCheckResult(
                check_name="order_of_accuracy",
                passed=abs(report["order"] - 2.0) < ORDER_TOLERANCE,
                metadata={"order": report["order"], "errors_k": report["errors_k"]},
            )
        ],
    )


@dg.asset(
    group_name="training",
    kinds={"mpi", "torch"},
    deps=["solver_verification"],
    freshness_policy=WEEKLY,
    check_specs=[
        dg.AssetCheckSpec(
            "samples_balance",
            asset="surrogate",
            blocking=True,
            description="Every streamed time step is accounted for: unseen, seen, evicted or drained.",
        ),
        dg.AssetCheckSpec(
            "error_on_unseen_simulations",
            asset="surrogate",
            description=f"The relative error on simulations it never saw is below {ACCEPTED_ERROR:.0%}.",
        ),
    ],
)
def surrogate(
    context: dg.AssetExecutionContext,
    config: StudyConfig,
    installation: dg.ResourceParam[Installation],
    mpi: dg.ResourceParam[Mpi],
) -> dg.MaterializeResult:
    """A neural network that predicts the solver's field from its parameters and the time.

    MPI solvers stream every time step straight into the trainer's reservoir; nothing is stored on disk but
    the checkpoint. Judged on simulations that it never saw.
    """
    from surrogate.study import Study, run_study

    given = {name: value for name, value in config.model_dump().items() if value is not None}
    own_name = config.solver.rpartition(":")[2].lower()
    with explained(), mpi.session(context) as session:
        study = Study(**{"name": own_name, "ranks": installation.ranks, **given})
        result = run_study(study, folder=installation.models, launch=session.launch, progress=_Report(context))
    figures = _figures(study, result)
    return dg.MaterializeResult(metadata=_metadata(result, figures), check_results=_checks(result))


class _Report:
    """Progress as run events, at most one in ten seconds: each is a row in Dagster's database."""

    INTERVAL_S = 10.0

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self._context = context
        self._next = 0.0

    def __call__(self, progress: "Progress") -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self.INTERVAL_S
            error = "" if math.isnan(progress.rmse) else f", error on unseen ones {progress.rmse:.2f}"
            self._context.log.info(
                f"{progress.simulations} of {progress.total} simulations streamed, {progress.batches} batches{error}"
            )


def _checks(result: "StudyResult") -> list[dg.AssetCheckResult]:
    error = result.metrics.relative_l2
    return [
        dg.AssetCheckResult(
            check_name="samples_balance",
            passed=result.counters.balanced,
            metadata=dataclasses.asdict(result.counters),
        ),
        dg.AssetCheckResult(
            check_name="error_on_unseen_simulations",
            passed=error < ACCEPTED_ERROR,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"relative_l2": error, "accepted": ACCEPTED_ERROR},
        ),
    ]


def _figures(study: "Study", result: "StudyResult") -> dict[str, Any]:
    return {
        "study": study.name,
        "rmse": result.metrics.rmse,
        "relative_l2": result.metrics.relative_l2,
        "maximum": result.metrics.maximum,
        "mean_field_rmse": result.metrics.mean_field_rmse,
        "unit": result.unit,
        "validation_simulations": study.validation_simulations,
        "simulations": result.simulations,
        "resumed": result.resumed,
        "failed": len(result.failed),
        "restarts": result.restarts,
        "balance": dataclasses.asdict(result.counters),
        "balanced": result.counters.balanced,
        "megabytes": result.bytes_streamed / 1e6,
        "samples_per_s": result.samples_per_second,
        "idle_share": result.idle_share,
        "seconds": result.seconds,
        "checkpoint": str(result.checkpoint),
    }


def _metadata(result: "StudyResult", figures: dict[str, Any]) -> dict[str, Any]:
    plotted = ("rmse", "relative_l2", "maximum", "samples_per_s", "idle_share", "megabytes", "seconds", "simulations")
    return {
        **rounded({name: figures[name] for name in plotted}),
        "samples": figures["balance"]["produced"],
        "solver_surrogate_error": picture(result.plots["fields"], "solver, surrogate and error"),
        "learning": picture(result.plots["learning"], "loss and error on unseen simulations"),
        "checkpoint": dg.MetadataValue.path(str(result.checkpoint)),
        FIGURES: dg.MetadataValue.json(figures),
    }
