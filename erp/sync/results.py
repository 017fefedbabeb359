"""What a sync reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from erp.source import Rejected


@dataclass(frozen=True)
class TableCounts:
    """What a sync did to one table."""

    table: str
    way: str
    """How its changes were found: `change_tracking`, `watermark` or `snapshot`."""
    inserted: int
    """New rows, and rows that came back."""
    updated: int
    deleted: int
    unchanged: int
    note: str | None = None
    """What was out of the ordinary."""


@dataclass(frozen=True)
class Drift:
    """A column that is not what it was."""

    table: str
    column: str
    kind: Literal["new", "missing", "retyped"]
    before: str | None
    """Its type in the source."""
    after: str | None


@dataclass(frozen=True)
class Difference:
    """A sum that the source and `raw` do not agree on."""

    table: str
    what: str
    source: int
    target: int


@dataclass(frozen=True)
class SyncResult:
    """What a sync did, by table and in all."""

    tables: tuple[TableCounts, ...]
    drift: tuple[Drift, ...]
    rejected: tuple[Rejected, ...]
    """Lines of files that are no rows."""
    differences: tuple[Difference, ...]
    """What is not equal in the end; empty when `raw` is what the source is."""

    @property
    def inserted(self) -> int:
        """New rows of all tables."""
        return sum(counts.inserted for counts in self.tables)

    @property
    def updated(self) -> int:
        """Changed rows of all tables."""
        return sum(counts.updated for counts in self.tables)

    @property
    def deleted(self) -> int:
        """Rows of all tables that are gone."""
        return sum(counts.deleted for counts in self.tables)

    @property
    def unchanged(self) -> int:
        """Rows of all tables that are as they were."""
        return sum(counts.unchanged for counts in self.tables)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was out of the ordinary, by table."""
        return tuple(f"{counts.table}: {counts.note}" for counts in self.tables if counts.note is not None)
