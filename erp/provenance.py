"""What is known of where a published cell comes from, and how it is shown to people.

Collecting it from the database is `erp.lineage`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from erp.rules import meaning


@dataclass(frozen=True)
class Step:
    """One change of the cell that holds."""

    before: str | None
    after: str | None
    rule: str
    confidence: float
    """0 to 1."""
    run_id: int
    at: datetime

    @property
    def meaning(self) -> str:
        """What the rule does, in words."""
        return meaning(self.rule)


@dataclass(frozen=True)
class Waiting:
    """A doubtful change that was not made and waits for a person."""

    review_id: int
    after: str | None
    rule: str
    confidence: float
    decision: str | None
    """`accept`, `keep` or `set`, once a person has said so and until the next cleaning carries it out."""
    decided_by: str | None


@dataclass(frozen=True)
class Decision:
    """What a person decided about the cell."""

    verdict: str
    """`keep` or `set`."""
    value: str | None
    decided_by: str
    at: datetime
    holds: bool
    """Whether the source still has in the cell what it had then."""


@dataclass(frozen=True)
class Record:
    """One record of the source, and what became of its cell."""

    key: int
    typed: str | None
    run_id: int
    """The run that read the record, in its present form, from the source."""
    at: datetime
    deleted_at: datetime | None
    """When the source no longer had it."""
    steps: tuple[Step, ...]
    """In the order in which they were made."""
    decision: Decision | None
    undone: tuple[tuple[str, int], ...]
    """Rules that leave the cell alone because a run was taken back, and that run."""
    waiting: tuple[Waiting, ...]
    quarantine: tuple[str, ...]
    """Why the cell is not published."""
    value: str | None
    """After all changes."""
    wins: bool
    """Whether its value is the chosen one."""


@dataclass(frozen=True)
class Lineage:
    """Everything behind one published cell. National ids are masked."""

    table: str
    key: int
    """The published one."""
    column: str
    records: tuple[Record, ...]
    choice: str
    """By which rule the value was chosen among the records."""
    is_published: bool
    """Whether `clean` has the row."""
    published: str | None
    """The cell in `clean`."""
    refused: tuple[str, ...]
    """Why the row as a whole is not published."""

    @property
    def text(self) -> str:
        """A tree for people, several lines."""
        lines = [f"{self.table} {self.key} {self.column}: {self._state()}"]
        for number, record in enumerate(self.records):
            last = number == len(self.records) - 1
            lines.append(f"{'└─' if last else '├─'} {_title(record)}")
            rest = "   " if last else "│  "
            lines += [f"{rest}{line}" for line in _told(record)]
        return "\n".join([*lines, f"chosen: {self.choice}"])

    def _state(self) -> str:
        if self.is_published:
            return shown(self.published)
        return "not published" + (f", {' and '.join(self.refused)}" if self.refused else " yet, run the publishing")


def shown(value: str | None) -> str:
    """A cell as people read it: in quotation marks, so that its spaces show.

    >>> shown(" Moskova"), shown(None)
    ('“ Moskova”', 'empty')
    """
    return "empty" if value is None else f"“{value}”"


def _title(record: Record) -> str:
    state = f", gone from the source since {_time(record.deleted_at)}" if record.deleted_at else ""
    return f"record {record.key}{state}{' ← chosen' if record.wins else ''}"


def _told(record: Record) -> Iterator[str]:
    yield f"typed: {shown(record.typed)}   (run {record.run_id}, {_time(record.at)})"
    for step in record.steps:
        yield f"  {shown(step.before)} → {shown(step.after)}   {step.rule} {step.confidence:.2f} (run {step.run_id}, {_time(step.at)})"
        yield f"      {step.meaning}"
    if record.decision is not None:
        made = record.decision
        what = "to keep what was typed" if made.verdict == "keep" else f"to set {shown(made.value)}"
        holds = "" if made.holds else "; it holds no longer, the source has something else since"
        yield f"decided by {made.decided_by}, {_time(made.at)}: {what}{holds}"
    for rule, run in record.undone:
        yield f"run {run} was taken back: {rule} leaves the cell alone"
    for change in record.waiting:
        yield f"waits in review as {change.review_id}: {shown(record.value)} → {shown(change.after)}   {change.rule} {change.confidence:.2f}"
        yield f"      {meaning(change.rule)}"
        if change.decision is not None:
            yield f"      {change.decided_by} decided: {change.decision}; the next cleaning carries it out"
    for reason in record.quarantine:
        yield f"in quarantine: {reason}"
    if record.deleted_at is None:
        yield f"cleaned: {shown(record.value)}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
