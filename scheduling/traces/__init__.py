"""Recorded workloads as arrivals for the simulator: each format is a file of its own, which documents it.

A line that is not a request is left out and listed, with what is wrong and what is allowed; a file is refused only if
it is none of the formats or nothing of it is left. Workloads that are drawn are `scheduling.generators`.
"""

from __future__ import annotations

from pathlib import Path

from scheduling.traces import alibaba, plain, swf
from scheduling.traces.table import Table
from scheduling.traces.trace import Trace, TraceError, read_text

__all__ = ["Trace", "TraceError", "read_trace"]


def read_trace(path: Path) -> Trace:
    """Read a file of any format, which is told from its ending and its first line.

    Raises:
        TraceError: the file cannot be read, is in none of the formats, or has no line that is a request.
    """
    text = read_text(path)
    if swf.recognises(path, text):
        return swf.parse(path, text)
    table = Table(path, text)
    return alibaba.parse(table) if alibaba.recognises(table) else plain.parse(table)
