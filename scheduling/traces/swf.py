"""The Standard Workload Format of the Parallel Workloads Archive (Feitelson and others, version 2.2).

One job a line, 18 fields of numbers with blanks between; -1 is unknown; lines that begin with ';' are comments. What
becomes of the fields, counted from 1:

    1 job number             id
    2 submit time            submitted, seconds
    3 wait time              left alone: waiting is what the simulator finds out
    4 run time               run time, seconds; a job that never ran (-1) is left out
    5 allocated processors   cpu, where 8 is unknown
    7 used memory            mem, where 10 is unknown; KB a processor, which becomes GiB of all of them
    8 requested processors   cpu
    9 requested time         estimate, seconds
    10 requested memory      mem
    12 user                  user
    17 preceding job         a predecessor; the think time after it (18) is left out, as 2 includes it

6 CPU time used, 11 status, 13 group, 14 executable, 15 queue and 16 partition are left alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scheduling.request import Request
from scheduling.simulator import Arrival
from scheduling.traces.trace import Trace, TraceError, collect, needs, number

FIELDS: Final = 18
KIB_PER_GIB: Final = 2**20
ALLOWED: Final = f"the {FIELDS} numbers of a job that ran"


def recognises(path: Path, text: str) -> bool:
    """Whether a file ends in `.swf` or begins with a comment."""
    return path.suffix.lower() == ".swf" or text.lstrip().startswith(";")


def parse(path: Path, text: str) -> Trace:
    """Read the text of a file.

    Raises:
        TraceError: no line is a job that ran.
    """
    lines = ((line, content.split()) for line, content in enumerate(text.splitlines(), start=1))
    jobs = ((line, fields) for line, fields in lines if fields and not fields[0].startswith(";"))
    return collect(path, jobs, _job, ALLOWED)


def _job(fields: list[str]) -> Arrival:
    if len(fields) != FIELDS:
        raise TraceError(f"it has {len(fields)} fields; it must have {FIELDS}.")
    seconds = number("run time (field 4)", fields[3], least=-1.0)
    if seconds < 0:
        raise TraceError(f"run time (field 4) is {fields[3]}, as the job never ran; it must be 0 or more.")
    processors = _known(fields, 8, 5)
    if processors is None:
        raise TraceError("processors (fields 8 and 5) are both unknown; one must be above 0.")
    memory = _known(fields, 10, 7) or 0.0
    before = int(_known(fields, 17) or 0)
    request = Request(
        id=fields[0],
        user=fields[11],
        needs=needs({"cpu": processors, "mem": memory * processors / KIB_PER_GIB}),
        submitted=number("submit time (field 2)", fields[1]),
        estimate=_known(fields, 9),
        predecessors=(str(before),) if before else (),
    )
    return Arrival(request, seconds)


def _known(fields: list[str], *places: int) -> float | None:
    """The first of some fields, counted from 1, that is above 0; where nothing is known, 0 is written as often as -1."""
    values = (number(f"field {place}", fields[place - 1], least=-1.0) for place in places)
    return next((value for value in values if value > 0), None)
