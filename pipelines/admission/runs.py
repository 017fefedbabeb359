"""What admission knows of the runs of an instance: who waits at the gate, who has passed it, who is at work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import dagster as dg

from pipelines.admission.instance import pools_of
from pipelines.admission.tags import GATE, HOLD

AT_WORK: Final = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dataclass(frozen=True)
class Run:
    """One run, in the words of admission."""

    id: str
    job: str
    work: str
    """What takes as long as this: the job and what of it is run."""
    tags: Mapping[str, str]
    submitted: float
    """Seconds since the epoch."""
    state: Literal["held", "released", "running"] = "held"
    """`released` has passed the gate and not begun, or was never held; it is at work as far as resources go."""
    pools: frozenset[str] = frozenset()
    started: float | None = None
    """Seconds since the epoch; `None` if it has not begun."""

    @property
    def name(self) -> str:
        """As the UI shows it."""
        return f"{self.id[:8]} ({self.job})"


def read_runs(instance: dg.DagsterInstance) -> list[Run]:
    """All runs that wait or work, oldest first."""
    statuses = [dg.DagsterRunStatus.QUEUED, *AT_WORK]
    records = instance.get_run_records(dg.RunsFilter(statuses=statuses), ascending=True)
    return [describe(record) for record in records]


def describe(record: dg.RunRecord) -> Run:
    """One run as admission sees it."""
    run = record.dagster_run
    queued = run.status is dg.DagsterRunStatus.QUEUED
    held = run.tags.get(GATE) == HOLD
    return Run(
        id=run.run_id,
        job=job_name(run),
        work=work_of(run),
        tags=run.tags,
        submitted=record.create_timestamp.timestamp(),
        state=("held" if held else "released") if queued else "running",
        pools=pools_of(run),
        started=record.start_time,
    )


def job_name(run: dg.DagsterRun) -> str:
    """The name of the job; of what was launched from the page of an asset, the names of the assets."""
    if run.job_name.startswith("__") and run.asset_selection:
        keys = sorted(key.to_user_string() for key in run.asset_selection)
        return keys[0] if len(keys) == 1 else f"{keys[0]} and {len(keys) - 1} more"
    return run.job_name


def work_of(run: dg.DagsterRun) -> str:
    """Equal for runs that do the same: the job, and what is chosen of it."""
    assets = [key.to_user_string() for key in run.asset_selection or ()]
    return " ".join([run.job_name, *sorted([*assets, *(run.step_keys_to_execute or ())])])
