"""Sensors that give a machine work which nobody else needs at the moment, and say in each tick why they did not.

They only ask for a run; whether and when it starts is decided by admission like that of any other. What starts work
because something has changed is in `sensors`.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Final

import dagster as dg
import psutil

from assets.needs import Installation
from assets.studies import STUDIES, ensure_study
from pipelines.jobs import reclean, training
from pipelines.leftovers import end_dead_runs
from pipelines.question import asked_last

UNFINISHED: Final = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
LOAD: Final = 0.25
"""Part of the cores that may be in use: training takes the other three quarters."""
STALE_S: Final = 7 * 86_400.0
"""After which a surrogate is trained again."""
CLEANED_S: Final = 6 * 3600.0
"""After which records are cleaned again: people decide in the review tables meanwhile."""
QUIET_S: Final = 600.0
"""Without a question for so long, nobody is asking."""


@dg.sensor(
    job=training,
    minimum_interval_seconds=60,
    # Someone who only looks at the UI has not asked for it: it is switched on there.
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Trains the study whose surrogate is oldest while nothing else runs, waits or loads the machine.",
)
def machine_free(
    context: dg.SensorEvaluationContext, installation: dg.ResourceParam[Installation]
) -> dg.RunRequest | dg.SkipReason:
    """Train while the machine is free."""
    end_dead_runs(context.instance, installation.home)
    if busy := _runs(context.instance) or _load():
        return dg.SkipReason(busy)
    ensure_study(context.instance)
    trained = {name: _materialised(context.instance, "surrogate", name) for name in _studies(context.instance)}
    oldest = min(trained, key=lambda name: (trained[name], name))
    age = time.time() - trained[oldest]
    if age < STALE_S:
        return dg.SkipReason(
            f"All {len(trained)} studies were trained within the last {timedelta(seconds=STALE_S).days} days; the "
            f"oldest is {oldest}, {_span(age)} ago."
        )
    return dg.RunRequest(partition_key=oldest, run_key=f"{oldest} {trained[oldest]:.0f}")


@dg.sensor(
    job=reclean,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Cleans in a batch what people have decided, while no one is asking and nothing else runs or waits.",
)
def nobody_asks(
    context: dg.SensorEvaluationContext, installation: dg.ResourceParam[Installation]
) -> dg.RunRequest | dg.SkipReason:
    """Clean while the answers are not needed."""
    end_dead_runs(context.instance, installation.home)
    if busy := _runs(context.instance) or _questions(context.instance, installation):
        return dg.SkipReason(busy)
    if not _materialised(context.instance, "raw_records"):
        return dg.SkipReason("Nothing has been synchronised yet, so there is nothing to clean.")
    cleaned = _materialised(context.instance, "clean_records")
    age = time.time() - cleaned
    if age < CLEANED_S:
        return dg.SkipReason(f"The records were cleaned {_span(age)} ago; they are again after {_span(CLEANED_S)}.")
    return dg.RunRequest(run_key=f"{cleaned:.0f}")


def _runs(instance: dg.DagsterInstance) -> str | None:
    """What runs or waits, in a sentence."""
    runs = instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
    if not runs:
        return None
    jobs = ", ".join(sorted({run.job_name for run in runs}))
    return f"Runs are at work or wait: {len(runs)}, of {jobs}."


def _load() -> str | None:
    """What loads the machine beside runs, in a sentence."""
    cores = os.cpu_count() or 1
    load = psutil.getloadavg()[0]
    if load > LOAD * cores:
        return f"Other processes use {load:.1f} of {cores} cores; up to {LOAD * cores:g} would do."
    return None


def _questions(instance: dg.DagsterInstance, installation: Installation) -> str | None:
    """Who is asking, in a sentence: in the UI or in a terminal."""
    quiet = time.time() - max(_materialised(instance, "answer"), asked_last(installation.home))
    if quiet < QUIET_S:
        return f"Somebody asked {_span(quiet)} ago; cleaning waits until nobody has for {_span(QUIET_S)}."
    return None


def _studies(instance: dg.DagsterInstance) -> list[str]:
    return list(instance.get_dynamic_partitions(str(STUDIES.name)))


def _materialised(instance: dg.DagsterInstance, asset: str, partition: str | None = None) -> float:
    """When it was made last, seconds since the epoch; 0 if it never was."""
    wanted = dg.AssetRecordsFilter(
        asset_key=dg.AssetKey(asset), asset_partitions=None if partition is None else [partition]
    )
    records = instance.fetch_materializations(wanted, limit=1).records
    return records[0].timestamp if records else 0.0


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
