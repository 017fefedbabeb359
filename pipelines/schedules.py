"""When jobs run by themselves."""

from __future__ import annotations

import dagster as dg

from assets.studies import DEFAULT_STUDY, ensure_study
from pipelines.jobs import nightly


@dg.schedule(
    job=nightly,
    cron_schedule="0 2 * * *",
    # Someone who only looks at the UI has not asked for a night's work: it is switched on there.
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="The main job at two in the morning, with the default study.",
)
def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The night's run, for the partition of the study that it trains."""
    ensure_study(context.instance)
    return dg.RunRequest(partition_key=DEFAULT_STUDY)


SCHEDULES = [every_night]
