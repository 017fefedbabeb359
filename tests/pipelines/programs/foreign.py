"""Somebody else's Dagster project, in which runs wait for admission: jobs, one sensor, no other word of millrace."""

import os
import time
from pathlib import Path

import dagster as dg

from pipelines.admission import admission_sensor, reserving

SIGNALS = Path(os.environ["SIGNALS"])
"""Runs go on until a file of their name lies here, so that nothing is a matter of time."""


@dg.op
def wait_for_signal(context: dg.OpExecutionContext) -> None:
    """Hold what was reserved until the test says that it is enough."""
    signals = [SIGNALS / "all", SIGNALS / context.run.tags.get("signal", "all")]
    # nobody is left to give a signal once the folder is gone
    while SIGNALS.exists() and not any(signal.exists() for signal in signals):
        time.sleep(0.05)


@dg.job(executor_def=dg.in_process_executor)
def work():
    """A run of any needs: they are in its tags."""
    wait_for_signal()


@dg.op
def take_and_tell(context: dg.OpExecutionContext) -> None:
    """Say what this process may use, then take more memory than was reserved."""
    context.log.info(f"cores {sorted(os.sched_getaffinity(0))} threads {os.environ['OMP_NUM_THREADS']}")
    context.log.info(f"gpus {os.environ.get('CUDA_VISIBLE_DEVICES')}")
    held = bytearray(100_000_000)
    context.log.info(f"took {len(held)}")
    bytearray(900_000_000)


@dg.job(executor_def=reserving(dg.in_process_executor), tags={"needs/cpu": "1", "needs/memory_mb": "600"})
def greedy():
    """A run that wants more than it said."""
    take_and_tell()


@dg.op
def fail_once(context: dg.OpExecutionContext) -> None:
    """Fail, unless this is a retry."""
    if context.run.parent_run_id is None:
        raise dg.Failure("the first time")


@dg.job(executor_def=dg.in_process_executor, tags={"dagster/max_retries": "1"})
def flaky():
    """A run that needs a second attempt."""
    fail_once()


@dg.schedule(job_name="fill", cron_schedule="* * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def every_minute() -> dg.RunRequest:
    """What starts by the clock."""
    return dg.RunRequest(tags={"from": "schedule"})


@dg.sensor(job_name="fill", minimum_interval_seconds=1, default_status=dg.DefaultSensorStatus.RUNNING)
def once() -> dg.RunRequest:
    """What starts because something happened."""
    return dg.RunRequest(run_key="once", tags={"from": "sensor"})


@dg.asset(tags={"needs/cpu": "2"}, op_tags={"needs/memory_mb": "900"})
def lake(context: dg.AssetExecutionContext) -> None:
    """Says in its own tags what it needs."""


@dg.asset(tags={"needs/cpu": "3"}, deps=[lake], partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def river(context: dg.AssetExecutionContext) -> None:
    """Says it too, and has partitions to be backfilled."""


PATHS = "PATHS" in os.environ
"""Whether a schedule and a sensor launch runs."""
ADMISSION = "NOBODY_DECIDES" not in os.environ

defs = dg.Definitions(
    jobs=[work, flaky, greedy, dg.define_asset_job("fill", [lake], executor_def=dg.in_process_executor)],
    assets=[lake, river],
    executor=dg.in_process_executor,
    schedules=[every_minute] if PATHS else [],
    sensors=[
        *([admission_sensor(capacity={"cpu": 4, "memory_mb": 4000})] if ADMISSION else []),
        *([once] if PATHS else []),
    ],
)
