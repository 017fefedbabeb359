"""What every source can do, and the check that it has what the pipeline needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import polars as pl

from erp.errors import SourceError
from erp.schema import TABLES


class Source(Protocol):
    """An ERP that can be read."""

    def tables(self) -> list[str]:
        """Names of its tables and views."""

    def columns(self, table: str) -> list[str]:
        """Names of the columns of a table."""

    def batches(self, table: str, key: str, columns: Sequence[str], size: int) -> Iterator[pl.DataFrame]:
        """All rows of a table: the key as `row_key` (Int64), the columns as text; at most `size` rows a frame."""

    def count(self, table: str) -> int:
        """Number of rows of a table."""


def check(source: Source) -> None:
    """Make sure that every table and column is there.

    Raises:
        SourceError: one is not; the message lists all that are missing in the first table that lacks any.
    """
    found = source.tables()
    missing = [table.name for table in TABLES if table.name not in found]
    if missing:
        raise SourceError(
            f"The source lacks the {_list('table', missing)}; it has {_list('table', found) if found else 'no tables'}. "
            "Create views with these names, or check that MILLRACE_SOURCE_URL names the right database."
        )
    for table in TABLES:
        columns = source.columns(table.name)
        absent = [name for name in (table.key, *table.column_names) if name not in columns]
        if absent:
            raise SourceError(
                f"The source's table {table.name!r} lacks the {_list('column', absent)}; "
                f"it has {', '.join(columns)}. Add them, or put a view with all columns in its place."
            )


def _list(noun: str, names: Sequence[str]) -> str:
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"
