"""Training a surrogate while its solvers run.

One partition is one study; `surrogate.study` does the work, and the ranks are started through `mpi`, so that
they end with the step. Which settings a study has is `surrogate.settings`.
"""

import dataclasses
import time
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from assets.explain import explained
from assets.freshness import WEEKLY
from assets.metadata import FIGURES, picture, rounded, table
from assets.needs import Installation, Mpi
from assets.studies import STUDIES, ensure_study

if TYPE_CHECKING:
    from surrogate.study import Progress, Study, StudyResult

ORDER_TOLERANCE = 0.2
"""The finest two meshes are not infinitely fine; a wrong scheme misses the order by one."""

ACCEPTED_ERROR = 0.02
"""Relative error on unseen simulations above which a surrogate is not worth using; a warning, not a stop."""


TRAINING = "training"
"""The pool of trainings: `dagster.yaml` lets one run at a time and queues the others, however they were started."""


class StudyConfig(dg.Config):
    """What to simulate and how to learn from it; the study is the partition.

    What is left out keeps what an interrupted run of the study had, which then goes on; else it is the default.
    """

    solver: str | None = Field(default=None, description="Name of a solver, or path.py:Class of an own one.")
    simulations: int | None = Field(default=None, description="Parameter sets to solve and train on.")
    grid: int | None = Field(default=None, description="Nodes in each direction.")
    steps: int | None = Field(default=None, description="Time steps of a simulation; each is a sample.")
    design: str | None = Field(default=None, description="How the parameter sets are drawn, for example uniform.")
    ranks: int | None = Field(default=None, description="MPI ranks of a simulation.")
    workers: int | None = Field(
        default=None, description="Simulations that run side by side; left out, as many as the trainer needs."
    )
    max_workers: int | None = Field(default=None, description="The most of them, where their number is left out.")
    solver_hours: float | None = Field(
        default=None, description="Hours of all solver ranks together after which no parameter set is begun."
    )
    attempts: int | None = Field(
        default=None, description="Workers that may die on a parameter set before it is set aside."
    )
    step_timeout: float | None = Field(
        default=None, description="Seconds that a worker may take for a time step before it is replaced."
    )
    buffer: str | None = Field(default=None, description="How training draws from the fields that are there.")
    pair_distance: int | None = Field(
        default=None, description="Time steps between the two fields of a sample, where the buffer is pairs."
    )
    capacity: int | None = Field(default=None, description="Fields that the buffer holds, in shared memory.")
    watermark: int | None = Field(default=None, description="Fields that must be there before training begins.")
    repeats: float | None = Field(default=None, description="How often a field is used on average, at least.")
    model: str | None = Field(default=None, description="Architecture of the network.")
    batch_size: int | None = Field(default=None, description="Samples of one step of training.")
    learning_rate: float | None = Field(default=None, description="Of Adam, at the start.")
    schedule: str | None = Field(default=None, description="How the learning rate changes over the study.")
    trainers: int | None = Field(default=None, description="Trainer ranks that learn together.")
    device: str | None = Field(default=None, description="Where to train: cpu, cuda, or auto.")
    precision: str | None = Field(default=None, description="Of the training's arithmetic: float32, bfloat16 or auto.")
    validation_simulations: int | None = Field(
        default=None, description="Parameter sets that training never sees, to measure the error on."
    )
    seed: int | None = Field(default=None, description="Of the parameter sets, the first weights and all draws.")


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
    partitions_def=STUDIES,
    pool=TRAINING,
    # of a run that is launched from the asset's page and belongs to no job
    op_tags={"needs/cpu": "75%", "needs/memory_mb": "2000", "needs/gpu": "100%"},
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
        dg.AssetCheckSpec(
            "no_parameter_set_set_aside",
            asset="surrogate",
            description="No parameter set was given up because worker after worker died on it.",
        ),
    ],
)
def surrogate(
    context: dg.AssetExecutionContext,
    config: StudyConfig,
    installation: dg.ResourceParam[Installation],
    mpi: dg.ResourceParam[Mpi],
) -> dg.MaterializeResult:
    """A neural network that predicts the solver's field from its parameters and the time; one for each study.

    MPI solvers stream every time step straight into the trainer's buffer; nothing is stored on disk but
    the checkpoint. Judged on simulations that it never saw. A study that was terminated goes on where it stopped.
    """
    from surrogate.settings import settle
    from surrogate.study import run_study

    if not context.has_partition_key:
        raise dg.Failure("No study is chosen; launch the run for a partition, for example heat2d.", allow_retries=False)
    given = {name: value for name, value in config.model_dump().items() if value is not None}
    folder = installation.models
    with explained(), mpi.session(context) as session:
        study = settle(context.partition_key, given, folder=folder, installation=installation.study_settings)
        ensure_study(context.instance, study.name)  # a run that was launched by a program may name any
        launch = session.launch if study.launcher == "local" else None
        result = run_study(study, folder=folder, launch=launch, progress=_Report(context))
    figures = _figures(study, result)
    return dg.MaterializeResult(metadata=_metadata(study, result, figures), check_results=_checks(study, result))


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
            self._context.log.info(str(progress))


def _checks(study: "Study", result: "StudyResult") -> list[dg.AssetCheckResult]:
    # A check has one history over all studies, so each entry says whose it is.
    error, name = result.metrics.relative_l2, {"study": study.name}
    failed = [{"simulation": one.simulation, **one.parameters, "reason": one.reason} for one in result.failed]
    return [
        dg.AssetCheckResult(
            check_name="samples_balance",
            passed=result.counters.balanced,
            metadata={**name, **dataclasses.asdict(result.counters)},
        ),
        dg.AssetCheckResult(
            check_name="error_on_unseen_simulations",
            passed=error < ACCEPTED_ERROR,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={**name, "relative_l2": error, "accepted": ACCEPTED_ERROR},
        ),
        dg.AssetCheckResult(
            check_name="no_parameter_set_set_aside",
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={**name, "parameter_sets": study.simulations, "set_aside": table(failed)},
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
        "not_run": result.not_run,
        "restarts": result.restarts,
        "balance": dataclasses.asdict(result.counters),
        "balanced": result.counters.balanced,
        "megabytes": result.bytes_streamed / 1e6,
        "samples_per_s": result.samples_per_second,
        "idle_share": result.idle_share,
        "seconds": result.seconds,
        "checkpoint": str(result.checkpoint),
    }


def _metadata(study: "Study", result: "StudyResult", figures: dict[str, Any]) -> dict[str, Any]:
    plotted = ("rmse", "relative_l2", "maximum", "samples_per_s", "idle_share", "megabytes", "seconds")
    return {
        **rounded({name: figures[name] for name in plotted}),
        "simulations": result.simulations,
        "resumed": result.resumed,
        "samples": figures["balance"]["produced"],
        "solver_surrogate_error": picture(result.plots["fields"], "solver, surrogate and error"),
        "learning": picture(result.plots["learning"], "loss and error on unseen simulations"),
        "checkpoint": dg.MetadataValue.path(str(result.checkpoint)),
        "tensorboard": dg.MetadataValue.path(str(result.events)),
        "settings": dg.MetadataValue.json(study.settings()),
        FIGURES: dg.MetadataValue.json(figures),
    }
