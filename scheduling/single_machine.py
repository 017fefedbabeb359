"""Jobs on one machine: read them, sequence them by a policy, and say how late they are.

All jobs are available at time 0 and none is interrupted. The rules are `policies`; instances to try them on are
`generators`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from scheduling.occupancy import Floats
from scheduling.policies import augmented, build_policy, edd, eddc, mdd, mddc
from scheduling.policies.sequencing import Integers, Rule, dispatch
from scheduling.request import Request, View
from scheduling.resources import Resources
from scheduling.server import Server

COLUMNS: Final = ("id", "processing_time", "due_date")
SHOWN: Final = 10
"""Broken lines that an error names one by one."""

RULES: Final[Mapping[str, Rule]] = {
    "edd": edd.sequence,
    "mdd": partial(dispatch, mdd.score),
    "mddc": partial(dispatch, mddc.score),
    "eddc": eddc.sequence,
    "augmented_mdd": partial(augmented.augment, mdd.score),
    "augmented_mddc": partial(augmented.augment, mddc.score),
}
"""Policies that sequence all jobs to the end, with time moving on; the others rank them once."""


class JobsError(ValueError):
    """A file of jobs cannot be used; the message says which lines, why, and what is allowed."""


@dataclass(frozen=True)
class Jobs:
    """n jobs."""

    ids: tuple[str, ...]
    processing: Floats
    """(n) processing times, in any unit of time"""
    due: Floats
    """(n) due dates, in the same unit"""


@dataclass(frozen=True)
class Sequence:
    """Jobs in the order in which they are done."""

    ids: tuple[str, ...]
    start: Floats
    """(n)"""
    end: Floats
    """(n)"""
    tardiness: Floats
    """(n) max(0, end - due date)"""

    def write(self, path: Path) -> None:
        """Write a CSV file with the columns id, start, end, tardiness.

        Raises:
            JobsError: the file cannot be written.
        """
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(("id", "start", "end", "tardiness"))
                columns = (self.start, self.end, self.tardiness)
                writer.writerows(zip(self.ids, *(map(plain, column.tolist()) for column in columns), strict=True))
        except OSError as error:
            raise JobsError(f"{path} cannot be written: {error.strerror}.") from error


def plain(number: float) -> str:
    """A number as people write it: no exponent, no decimals where there are none, millionths at most."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def total_tardiness(order: Integers, jobs: Jobs) -> float:
    """Sum of max(0, C_j - d_j)."""
    completion = np.cumsum(jobs.processing[order])
    return float(np.maximum(0.0, completion - jobs.due[order]).sum())


def sequence(jobs: Jobs, policy: str) -> Sequence:
    """Order jobs by the policy of that name.

    Raises:
        PolicyError: there is no such policy.
    """
    built = build_policy(policy)
    if policy in RULES:
        order = RULES[policy](jobs.processing, jobs.due)
    else:
        # Numbers keep equals in the order of the file.
        columns = zip(jobs.processing.tolist(), jobs.due.tolist(), strict=True)
        requests = tuple(
            Request(f"{number:012d}", "", Resources(machine=1), 0.0, estimate=processing, deadline=due)
            for number, (processing, due) in enumerate(columns)
        )
        decisions = built.decide(View(requests, (Server("machine", Resources(machine=1)),)))
        order = np.array([int(decision.request.id) for decision in decisions], dtype=np.int64)
    end = np.cumsum(jobs.processing[order])
    tardiness = np.maximum(0.0, end - jobs.due[order])
    return Sequence(tuple(jobs.ids[index] for index in order), end - jobs.processing[order], end, tardiness)


def read_jobs(path: Path) -> Jobs:
    """Read a CSV file with the columns id, processing_time and due_date; others are left alone.

    Raises:
        JobsError: the file cannot be read, lacks a column, has no jobs, or has lines that are not jobs.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise JobsError(f"{path} cannot be read: {reason}.") from error
    rows = csv.DictReader(text.splitlines(), restkey="")
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise JobsError(
            f"{path} lacks {', '.join(missing)}; its first line must name {', '.join(COLUMNS)}, "
            f"but is {','.join(rows.fieldnames or ()) or 'empty'!r}."
        )
    lines = [(rows.line_num, row) for row in rows]
    if not lines:
        raise JobsError(f"{path} has no jobs; below its first line it must have one a line.")
    problems = list(_problems(lines))
    if problems:
        what = "1 line that is not a job" if len(problems) == 1 else f"{len(problems)} lines that are not jobs"
        shown = "\n".join(f"  {problem}" for problem in problems[:SHOWN])
        more = f"\n  and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise JobsError(
            f"{path} has {what}. Allowed are a unique id, a processing_time of 0 or more and a due_date, both finite "
            f"numbers.\n{shown}{more}"
        )
    return Jobs(
        tuple(row["id"].strip() for _, row in lines),
        np.array([float(row["processing_time"]) for _, row in lines]),
        np.array([float(row["due_date"]) for _, row in lines]),
    )


def _problems(lines: list[tuple[int, dict[str, str]]]) -> Iterator[str]:
    """One sentence for each line that is not a job, with the first thing that is wrong with it."""
    first_with: dict[str, int] = {}
    for number, row in lines:
        name = (row["id"] or "").strip()
        if not name:
            yield f"Line {number}: id is empty."
        elif name in first_with:
            yield f"Line {number}: id is {name!r}, which line {first_with[name]} has already."
        else:
            first_with[name] = number
            wrong = _not_a_number(row, "processing_time", least=0.0) or _not_a_number(row, "due_date", least=-math.inf)
            if wrong:
                yield f"Line {number}: {wrong}"


def _not_a_number(row: dict[str, str], column: str, least: float) -> str | None:
    value = row[column]
    try:
        number = float(value or "")
    except ValueError:
        return f"{column} is {value or ''!r}, which is not a number."
    if not math.isfinite(number) or number < least:
        return f"{column} is {value.strip()}, which is {'negative' if math.isfinite(number) else 'not finite'}."
    return None
