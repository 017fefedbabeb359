"""What all formats share: text of a file, numbers of a field, and the account of lines that are not requests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from scheduling.resources import Resources
from scheduling.simulator import Arrival

SHOWN: Final = 10
"""Broken lines that are named one by one."""
Fields = TypeVar("Fields")


class TraceError(ValueError):
    """A file, or a line of it, cannot be used; the message says what is wrong and what is allowed."""


@dataclass(frozen=True)
class Trace:
    """A workload, and what of its file is not in it."""

    path: Path
    arrivals: tuple[Arrival, ...]
    """In the order of the file."""
    broken: tuple[str, ...]
    """A sentence for each line that was left out."""

    @property
    def resources(self) -> frozenset[str]:
        """Names of what any of the requests needs."""
        return frozenset(name for arrival in self.arrivals for name in arrival.request.needs)

    @property
    def account(self) -> str:
        """What was left out, for people; empty if nothing was."""
        if not self.broken:
            return ""
        lines = len(self.arrivals) + len(self.broken)
        what = f"{len(self.broken)} of {lines} lines of {self.path} are left out."
        shown = [f"  {sentence}" for sentence in self.broken[:SHOWN]]
        more = [f"  and {len(self.broken) - SHOWN} more"] if len(self.broken) > SHOWN else []
        return "\n".join([what, *shown, *more])


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        TraceError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise TraceError(f"{path} cannot be read: {reason}.") from error


def collect(path: Path, lines: Iterable[tuple[int, Fields]], parse: Callable[[Fields], Arrival], allowed: str) -> Trace:
    """Parse each line, and keep account of those that are not requests.

    Args:
        path: of the file.
        lines: their numbers and fields.
        parse: raises `TraceError` for a line that is not a request.
        allowed: what a line must be, a clause for the error.

    Raises:
        TraceError: no line is a request.
    """
    arrivals, broken = [], []
    first_with: dict[str, int] = {}
    for line, fields in lines:
        try:
            arrival = parse(fields)
            _require_unique(arrival.request.id, line, first_with)
        except TraceError as error:
            broken.append(f"Line {line}: {error}")
        else:
            arrivals.append(arrival)
    trace = Trace(path, tuple(arrivals), tuple(broken))
    if not arrivals:
        raise TraceError(f"{path} has no requests; a line must be {allowed}.\n{trace.account}".rstrip())
    return trace


def _require_unique(name: str, line: int, first_with: dict[str, int]) -> None:
    first = first_with.setdefault(name, line)
    if first != line:
        raise TraceError(f"id is {name!r}, which line {first} has already; it must be unique.")


def number(name: str, text: str | None, *, least: float = 0.0) -> float:
    """A finite number, `least` or more.

    Raises:
        TraceError: it is not.
    """
    allowed = "a finite number" if least == -math.inf else f"a finite number, {least:g} or more"
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= least):
        raise TraceError(f"{name} is {text or ''!r}; it must be {allowed}.")
    return value


def needs(amounts: dict[str, float]) -> Resources:
    """Resources of which something is needed.

    Raises:
        TraceError: nothing is needed.
    """
    resources = Resources(**amounts)
    if not resources:
        raise TraceError(f"it needs nothing; of {', '.join(amounts)} one must be above 0.")
    return resources
