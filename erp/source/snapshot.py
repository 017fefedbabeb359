"""Changes told by nothing: every row is read and compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol, Self

from erp.schema import Table
from erp.source.base import Batch, Totals, Way


class Counted(Protocol):
    """What this way needs of a database."""

    def totals(self, table: Table) -> Totals:
        """Sums over the table."""


class Snapshot:
    """Any table."""

    way: ClassVar = Way.SNAPSHOT
    lacking: ClassVar = ""

    def __init__(self, source: Counted) -> None:
        self._source = source

    @classmethod
    def of(cls, source: Counted, table: Table) -> Self:  # noqa: ARG003 - other ways look at it
        """For this table."""
        return cls(source)

    def mark(self, table: Table) -> None:
        """Nothing is to be remembered."""

    def obstacle(self, table: Table, mark: str) -> str:
        """Changes since whatever cannot be told."""
        return "its rows do not say when they changed"

    def changes(self, table: Table, mark: str) -> Iterator[Batch]:
        """None are known."""
        return iter(())

    def seen(self, table: Table) -> object:
        """What a sensor compares: the sums, which an edit that keeps all lengths does not change."""
        return self._source.totals(table)
