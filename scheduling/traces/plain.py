"""Our own CSV format: what a request of ours knows, and a column for each resource.

    id          unique
    submitted   seconds from any origin
    runtime     seconds that it really took, 0 or more
    user        may be left out: then all are of one
    estimate    seconds that it was expected to take; may be left out or empty: unknown
    deadline    seconds from the origin; may be left out or empty: no hurry
    priority    whole number, higher goes first; may be left out or empty: 0

Every other column is a resource, named as it is (cpu, mem, gpu, licences ...), with the amount that is held; empty is 0.
"""

from __future__ import annotations

import math
from typing import Final

from scheduling.request import Request
from scheduling.simulator import Arrival
from scheduling.traces.table import Row, Table
from scheduling.traces.trace import Trace, TraceError, collect, needs, number

REQUIRED: Final = ("id", "submitted", "runtime")
OPTIONAL: Final = ("user", "estimate", "deadline", "priority")
ALLOWED: Final = "a unique id, submitted and runtime in seconds, and an amount of a resource"


def parse(table: Table) -> Trace:
    """Read the rows of a file.

    Raises:
        TraceError: a column is missing, there is none of a resource, or no row is a request.
    """
    table.require(REQUIRED)
    resources = [column for column in table.columns if column not in REQUIRED + OPTIONAL]
    if not resources:
        raise TraceError(
            f"{table.path} has no column of a resource; beside {', '.join(table.columns)} it must have one."
        )
    return collect(table.path, table.rows, lambda row: _request(row, resources), ALLOWED)


def _request(row: Row, resources: list[str]) -> Arrival:
    if "" in row:
        raise TraceError("it has more fields than the first line; it must have as many.")
    if not row["id"]:
        raise TraceError("id is empty; it must be unique.")
    priority = number("priority", row.get("priority") or "0", least=-math.inf)
    if priority != int(priority):
        raise TraceError(f"priority is {row['priority']!r}; it must be a whole number.")
    request = Request(
        id=row["id"],
        user=row.get("user", ""),
        needs=needs({name: number(name, row[name] or "0") for name in resources}),
        submitted=number("submitted", row["submitted"], least=-math.inf),
        estimate=number("estimate", row["estimate"]) if row.get("estimate") else None,
        deadline=number("deadline", row["deadline"], least=-math.inf) if row.get("deadline") else None,
        priority=int(priority),
    )
    return Arrival(request, number("runtime", row["runtime"]))
