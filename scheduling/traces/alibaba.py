"""Pods of a GPU cluster, as in Alibaba's cluster-trace-gpu-v2023 (`openb_pod_list_*.csv`; Weng and others, ATC 2023).

A CSV file; what becomes of its columns:

    name                              id
    cpu_milli, memory_mib             cpu, cores; mem, GiB
    num_gpu, gpu_milli                gpu: their product over 1000, as a pod of one GPU may share it
    qos                               user, as no other is recorded; and priority, see `PRIORITIES`
    creation_time                     submitted, seconds
    scheduled_time, deletion_time     run time, seconds between the two; a pod that was never scheduled is left out

gpu_spec (GPUs that a pod may run on) and pod_phase are left alone: hosts are alike but for their sizes.
"""

from __future__ import annotations

from typing import Final

from scheduling.names import no_such
from scheduling.request import Request
from scheduling.simulator import Arrival
from scheduling.traces.table import Row, Table
from scheduling.traces.trace import Trace, TraceError, collect, needs, number

TIMES: Final = ("creation_time", "scheduled_time", "deletion_time")
COLUMNS: Final = ("name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "qos", *TIMES)
PRIORITIES: Final = {"BE": 0, "Burstable": 1, "Guaranteed": 2, "LS": 2}
"""Of classes of service: best effort, burstable, guaranteed, latency-sensitive."""
ALLOWED: Final = "a pod that was scheduled, with the columns " + ", ".join(COLUMNS)


def recognises(table: Table) -> bool:
    """Whether a file has the columns that only such traces have."""
    return {"cpu_milli", "memory_mib", "gpu_milli"} <= set(table.columns)


def parse(table: Table) -> Trace:
    """Read the rows of a file.

    Raises:
        TraceError: a column is missing, or no row is a pod that was scheduled.
    """
    table.require(COLUMNS)
    return collect(table.path, table.rows, _pod, ALLOWED)


def _pod(row: Row) -> Arrival:
    if not row["name"]:
        raise TraceError("name is empty; it must be unique.")
    if row["qos"] not in PRIORITIES:
        raise TraceError(no_such("qos", row["qos"], PRIORITIES))
    if not row["scheduled_time"]:
        raise TraceError("scheduled_time is empty, as the pod was never scheduled; it must be a number of seconds.")
    created, scheduled, deleted = (number(column, row[column]) for column in TIMES)
    if not created <= scheduled <= deleted:
        raise TraceError(f"{', '.join(TIMES)} are {created:g}, {scheduled:g}, {deleted:g}; they must ascend.")
    amounts = {
        "cpu": number("cpu_milli", row["cpu_milli"]) / 1000,
        "mem": number("memory_mib", row["memory_mib"]) / 1024,
        "gpu": number("num_gpu", row["num_gpu"]) * number("gpu_milli", row["gpu_milli"]) / 1000,
    }
    request = Request(row["name"], row["qos"], needs(amounts), created, priority=PRIORITIES[row["qos"]])
    return Arrival(request, deleted - scheduled)
