"""When jobs run by themselves."""

from __future__ import annotations

import dagster as dg

from pipelines.jobs import nightly

every_night = dg.ScheduleDefinition(
    name="every_night",
    job=nightly,
    cron_schedule="0 2 * * *",
    # Someone who only looks at the UI has not asked for a night's work: it is switched on there.
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="The main job at two in the morning.",
)

SCHEDULES = [every_night]
