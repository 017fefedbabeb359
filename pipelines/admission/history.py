"""How long work usually takes, from runs of it that have succeeded."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import dagster as dg

from pipelines.admission.runs import Run, work_of

REMEMBERED: Final = 200
"""Latest finished runs of a job that are looked at."""
COUNTED: Final = 20
"""Latest of the same work whose median counts; older ones tell of another code or other data."""
FRESH_S: Final = 60.0
"""How long what was read from the database is good for: one run more does not move a median much."""


@dataclass
class History:
    """Medians by work, read again when they are no longer fresh."""

    _jobs: dict[str, tuple[float, dict[str, float]]] = field(default_factory=dict)

    def usual(self, instance: dg.DagsterInstance, runs: Iterable[Run]) -> dict[str, float]:
        """Seconds by work of the runs, as far as any of it has ended well before."""
        found: dict[str, float] = {}
        for job in {run.work.split(" ", 1)[0] for run in runs}:
            read, medians = self._jobs.get(job, (-FRESH_S, {}))
            if time.monotonic() - read >= FRESH_S:
                medians = _medians(instance, job)
                self._jobs[job] = (time.monotonic(), medians)
            found |= medians
        return found


def _medians(instance: dg.DagsterInstance, job: str) -> dict[str, float]:
    succeeded = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS])
    seconds: dict[str, list[float]] = {}
    for record in instance.get_run_records(succeeded, limit=REMEMBERED):
        if record.start_time is not None and record.end_time is not None:
            seconds.setdefault(work_of(record.dagster_run), []).append(record.end_time - record.start_time)
    return {work: statistics.median(latest[:COUNTED]) for work, latest in seconds.items()}
