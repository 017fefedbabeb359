"""The Dagster project of `run_queue.py`: one job that holds what it declares, and admission if it is asked for."""

import os
import subprocess
import sys

import dagster as dg

HOLD = "import sys, time; held = bytearray(int(sys.argv[1]) * 1_000_000); time.sleep(float(sys.argv[2]))"


@dg.op
def hold(context: dg.OpExecutionContext) -> None:
    """Hold the memory of the run's tags, all of it touched, for the seconds of its tags."""
    tags = context.run.tags
    subprocess.run([sys.executable, "-S", "-E", "-c", HOLD, tags["needs/memory_mb"], tags["seconds"]], check=True)


@dg.job(executor_def=dg.in_process_executor)
def task() -> None:
    """A run of any size."""
    hold()


def sensors() -> list[dg.SensorDefinition]:
    """None with the stock queue, which then loads nothing of millrace either."""
    if "CAPACITY" not in os.environ:
        return []
    from pipelines.admission import admission_sensor

    cpu, memory = os.environ["CAPACITY"].split()
    return [admission_sensor(capacity={"cpu": float(cpu), "memory_mb": float(memory)})]


defs = dg.Definitions(jobs=[task], sensors=sensors())
