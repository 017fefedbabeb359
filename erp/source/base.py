"""What every source can do, and what is asked of it: the contract, its options, and what it hands over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal, NamedTuple, Protocol, Self, TypeAlias

import polars as pl

from erp.schema import Table


class Way(StrEnum):
    """How the changes of a table are found."""

    CHANGE_TRACKING = "change_tracking"
    """SQL Server says which rows changed since a version."""
    WATERMARK = "watermark"
    """Rows whose column of the last modification is at or after the last one seen; deletes by comparing keys."""
    SNAPSHOT = "snapshot"
    """All rows, compared by hash."""


@dataclass(frozen=True)
class SourceOptions:
    """How a source is to be read."""

    way: Literal["auto", "change_tracking", "watermark", "snapshot"] = "auto"
    """Of finding changes; `auto` takes, table by table, the first that the table allows."""
    watermark: str | None = "modified_at"
    """The column that says when a row was last modified: a time, a number that only grows, or a `rowversion`."""
    overlap: timedelta = timedelta(minutes=10)
    """Rows modified so long before the last one seen are read again: transactions commit out of order."""
    encoding: str = "utf-8"
    """Of CSV files."""
    delimiter: str = ","
    """Between the fields of CSV files."""
    accept_deletes: bool = False
    """Believe a source that has lost over half of a table."""
    batch_rows: int = 50_000
    """Rows that are read, and written in one transaction, at a time."""


Missing: TypeAlias = Literal["table", "column"]

NOTHING: Final = pl.Series("row_key", [], dtype=pl.Int64)


class Batch(NamedTuple):
    """Some rows of a table."""

    rows: pl.DataFrame
    """The key as `row_key` (Int64), the columns as text."""
    gone: pl.Series = NOTHING
    """Keys (Int64) of rows that were deleted."""
    mark: str | None = None
    """When this batch is kept, the changes after this mark are what is left; null says nothing."""


def joined_keys(batches: Iterable[Batch]) -> pl.Series:
    """The keys of the rows of all batches."""
    return pl.concat([NOTHING, *(batch.rows["row_key"] for batch in batches)])


class Rejected(NamedTuple):
    """A line of a file that could not be read as a row."""

    table: str
    file: str
    line: int
    """The first line of the file is 1."""
    reason: str
    text_masked: str
    """Its text, letters as `a` and digits as `9`."""


class Totals(NamedTuple):
    """Sums over all rows of a table, the same on both sides when the tables are."""

    rows: int
    keys: int
    """Sum of the remainders of the keys by `KEY_MODULUS`."""
    filled: Mapping[str, int]
    """Cells that are not null, by column."""
    letters: Mapping[str, int]
    """Characters (Unicode code points), by column that holds text in the source."""


KEY_MODULUS = 1_000_000_007
"""Keeps sums of large keys in 64 bits."""


class Source(Protocol):
    """An ERP that can be read; use it in a `with` block. Methods raise `SourceError` when it does not answer."""

    @property
    def label(self) -> str:
        """What it is called, without a password."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...

    def tables(self) -> list[str]:
        """Names of its tables and views."""

    def advice(self, missing: Missing) -> str:
        """What to do where tables or columns are missing, as a sentence."""

    def columns(self, table: Table) -> dict[str, str]:
        """The columns of a table and their types, in the source's own words."""

    def way(self, table: Table) -> Way:
        """How the changes of this table are found."""

    def count(self, table: Table) -> int:
        """Number of rows."""

    def mark(self, table: Table) -> str | None:
        """What is to be remembered before all rows are read, so that `changes` goes on from there."""

    def obstacle(self, table: Table, mark: str) -> str | None:
        """Why the changes since a mark cannot be told (a sentence's end), or null."""

    def rows(self, table: Table, columns: Sequence[str], after: int | None) -> Iterator[Batch]:
        """All rows whose key is greater, in the order of keys."""

    def keys(self, table: Table) -> pl.Series:
        """The keys of all rows as `row_key`, in any order."""

    def changes(self, table: Table, mark: str) -> Iterator[Batch]:
        """Rows that changed since the mark; some that did not may be among them."""

    def totals(self, table: Table) -> Totals:
        """Sums over the table."""

    def rejected(self, table: Table) -> Sequence[Rejected]:
        """What could not be read of it."""

    def fingerprint(self) -> str:
        """Another text when the source has changed; cheap."""
