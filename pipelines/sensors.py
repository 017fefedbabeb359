"""What starts jobs because something happened. What starts them at an hour is `schedules`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import dagster as dg

from assets.explain import is_explained
from assets.governance.source import fingerprint
from assets.needs import Installation
from pipelines.admission import admission_sensor
from pipelines.idle import UNFINISHED, machine_free, nobody_asks
from pipelines.jobs import governance, nightly, reclean
from pipelines.leftovers import end_dead_runs

WRITERS = frozenset(job.name for job in (governance, nightly, reclean))
"""Jobs that bring the published records up to date."""


@dg.sensor(
    job=governance,
    minimum_interval_seconds=60,
    # Someone who only looks at the UI has not asked for it: it is switched on there.
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Cleans and publishes when the ERP has changed, instead of waiting for the night.",
)
def source_changed(
    context: dg.SensorEvaluationContext, installation: dg.ResourceParam[Installation]
) -> dg.SensorResult | dg.SkipReason:
    """Compare the ERP's fingerprint with the one it had when a run was last asked for.

    The first evaluation only remembers it. The cursor also holds when it was written, so that a run has a key of
    its own even where the ERP comes back to what it was, and the same key where the daemon evaluates twice.
    """
    end_dead_runs(context.instance, installation.home)
    running = context.instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))
    if jobs := sorted(run.job_name for run in running if run.job_name in WRITERS):
        return dg.SkipReason(f"The job {jobs[0]} is not finished; the ERP is looked at again after it.")
    try:
        now = fingerprint(installation)
    except Exception as error:
        if not is_explained(error):
            raise
        return dg.SkipReason(str(error))
    if context.cursor is None:
        return dg.SensorResult(skip_reason="The ERP as it is now is remembered.", cursor=_cursor(now))
    before = json.loads(context.cursor)
    if before["fingerprint"] == now:
        return dg.SkipReason(f"The ERP has not changed since {before['since']}.")
    request = dg.RunRequest(run_key=f"{before['since']} {now}")
    return dg.SensorResult(run_requests=[request], cursor=_cursor(now))


def _cursor(fingerprint: str) -> str:
    since = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"fingerprint": fingerprint, "since": since})


admission = admission_sensor()

SENSORS = [admission, source_changed, machine_free, nobody_asks]
