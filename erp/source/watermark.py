"""Changes told by a column that says when a row was last modified: a time, a growing number, or a `rowversion`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

import sqlalchemy as sa

from erp.schema import Table
from erp.source import marks, queries, tsql
from erp.source.base import NOTHING, Batch, Way
from erp.source.texts import frame

if TYPE_CHECKING:
    from erp.source.sql import SqlSource


class Watermark:
    """A table with such a column."""

    way: ClassVar = Way.WATERMARK
    lacking: ClassVar = "it lacks the column that MILLRACE_SOURCE_WATERMARK names"

    def __init__(self, source: SqlSource, column: str, types: queries.Types) -> None:
        self._source, self._column, self._types = source, column, types

    @classmethod
    def of(cls, source: SqlSource, table: Table) -> Self | None:
        """For this table, if it has the column, or a `rowversion` by any name."""
        types = source.types(table)
        versions = [name for name, kind in types.items() if queries.is_rowversion(kind)]
        found = [*versions, *(name for name in types if name == source.options.watermark)]
        return cls(source, found[0], types) if found else None

    def mark(self, table: Table) -> str | None:
        """The newest row's watermark; times that lie ahead were never the time of a change."""
        newest = self._newest(table)
        return None if newest is None else marks.keep(newest)

    def obstacle(self, table: Table, mark: str) -> str | None:
        """A clock that went back, or values that do not order changes."""
        known, newest = marks.recall(mark), self._newest(table)
        if newest is None:
            return None
        if not marks.usable(newest):
            return f"its column {self._column!r} holds {str(newest)!r}, which is no time like 2026-11-25 14:30:00"
        if not marks.comparable(known, newest):
            return f"its column {self._column!r} holds {str(newest)!r}, which does not compare with {str(known)!r}"
        if newest < known:  # type: ignore[operator]
            return (
                f"its newest {self._column} is {newest}, before the {known} that was read last: "
                "its clock went back, or its newest rows are gone"
            )
        return None

    def changes(self, table: Table, mark: str) -> Iterator[Batch]:
        """Rows from a little before the mark on, in the order of the watermark, and those without one."""
        low = marks.earlier(marks.recall(mark), self._source.options.overlap)
        limit = self._limit(marks.recall(mark))
        statement = queries.since(self._source.dialect, self._types, table, self._column, low)
        for piece in self._source.stream(statement):
            # A row that moved while it was read comes twice.
            rows = frame(table, table.column_names, [row[:-1] for row in piece]).unique(
                "row_key", keep="last", maintain_order=True
            )
            seen = [row[-1] for row in piece if row[-1] is not None and (limit is None or row[-1] <= limit)]
            yield Batch(rows, NOTHING, marks.keep(seen[-1]) if seen else None)

    def seen(self, table: Table) -> object:
        """What a sensor compares."""
        return self._newest(table), self._source.count(table)

    def _newest(self, table: Table) -> marks.Value | None:
        newest: marks.Value | None = self._source.one(queries.newest(self._types, table, self._column, None))[0]
        if newest is None or not marks.usable(newest):
            return newest
        limit = self._limit(newest)
        if limit is None or newest <= limit:  # type: ignore[operator]
            return newest
        found: marks.Value | None = self._source.one(queries.newest(self._types, table, self._column, limit))[0]
        return found

    def _limit(self, value: marks.Value) -> marks.Value | None:
        return self._certain if queries.is_rowversion(self._types[self._column]) else marks.latest(value)

    @cached_property
    def _certain(self) -> int:
        """Read before any row is: what commits later is above it."""
        return int(self._source.one(sa.text(tsql.CERTAIN_ROWVERSION))[0])
