"""Changes told by SQL Server's Change Tracking: which keys changed since a version, with no column and no trigger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Self

import sqlalchemy as sa

from erp.schema import Table
from erp.source import tsql
from erp.source.base import Batch, Way
from erp.source.texts import frame, keys

if TYPE_CHECKING:
    from erp.source.sql import SqlSource


class Tracking:
    """A table for which it is enabled, and whose primary key is the table's key."""

    way: ClassVar = Way.CHANGE_TRACKING
    lacking: ClassVar = "it is no table of SQL Server with CHANGE_TRACKING enabled and its key as primary key"

    def __init__(self, source: SqlSource) -> None:
        self._source = source

    @classmethod
    def of(cls, source: SqlSource, table: Table) -> Self | None:
        """For this table, if it is tracked."""
        if source.dialect != "mssql" or source.one(sa.text(tsql.least_version(table.name)))[0] is None:
            return None
        found = [row[0] for piece in source.stream(sa.text(tsql.key_columns(table.name))) for row in piece]
        return cls(source) if found == [table.key] else None

    def mark(self, table: Table) -> str:
        """The database's version; changes after it are still to be read."""
        return str(self._source.one(sa.text(tsql.CURRENT_VERSION))[0])

    def obstacle(self, table: Table, mark: str) -> str | None:
        """A mark older than what the server keeps."""
        least = self._source.one(sa.text(tsql.least_version(table.name)))[0]
        if least is None:
            return "its Change Tracking was disabled"
        if int(least) > int(mark):
            return (
                f"its changes since version {mark} are no longer kept (the oldest is {least}): "
                "CHANGE_RETENTION must be longer than the time between two syncs"
            )
        if int(self.mark(table)) < int(mark):
            return f"its version went back before {mark}: the database was restored, or is another one"
        return None

    def changes(self, table: Table, mark: str) -> Iterator[Batch]:
        """Rows that changed since that version and keys that are gone, in the order of keys; the mark comes last.

        Changes made while this is read are read again next time.
        """
        upto = self.mark(table)
        names = table.column_names
        for piece in self._source.stream(sa.text(tsql.changes(table.name, table.key, names, int(mark)))):
            there = [(row[0], *row[2:]) for row in piece if row[1]]
            gone = [row[0] for row in piece if not row[1]]
            yield Batch(frame(table, names, there), keys(table, gone))
        nothing = frame(table, names, [])
        yield Batch(nothing, nothing["row_key"], upto)

    def seen(self, table: Table) -> object:
        """What a sensor compares."""
        return self.mark(table)
