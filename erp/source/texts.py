"""Values of a database's driver as texts, and keys as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter

import numpy as np
import polars as pl

from erp.errors import SourceError
from erp.schema import Table


def frame(table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> pl.DataFrame:
    """Rows of the key and the columns as a frame: `row_key` Int64, the others text.

    Raises:
        SourceError: a key is not a whole number.
    """
    if not rows:
        return pl.DataFrame(schema={"row_key": pl.Int64, **dict.fromkeys(columns, pl.String)})
    # Not zip(*rows): it makes as many iterators as there are rows, which costs more than all else here.
    values, *cells = (list(map(itemgetter(place), rows)) for place in range(len(columns) + 1))
    texts = (text(name, column) for name, column in zip(columns, cells, strict=True))
    return pl.DataFrame([keys(table, values), *texts])


def keys(table: Table, values: Sequence[object]) -> pl.Series:
    """Keys as whole numbers.

    Raises:
        SourceError: one is none.
    """
    try:
        # NumPy reads a row of Python's whole numbers some ten times as fast.
        array = np.array(values) if isinstance(values[0], int) else None
        fast = array is not None and array.dtype == np.int64
        numbers = pl.Series("row_key", array if fast else values, dtype=pl.Int64)
    except (TypeError, OverflowError):
        texts = pl.Series("row_key", list(map(str, values)), dtype=pl.String)
        numbers = texts.cast(pl.Int64, strict=False)
    if numbers.null_count():
        wrong = values[int(numbers.is_null().arg_true()[0])]
        raise not_a_key(table, wrong)
    return numbers


def not_a_key(table: Table, found: object) -> SourceError:
    """The error of a key that is no whole number."""
    return SourceError(
        f"The key {table.key!r} of the source's table {table.name!r} holds {found!r}; "
        "it must be a whole number in every row."
    )


def text(name: str, values: Sequence[object]) -> pl.Series:
    """Dates as ISO 8601, numbers in full, everything else as it is; NUL, which PostgreSQL cannot hold, goes."""
    try:
        series = pl.Series(name, values, dtype=pl.String)
    except TypeError:
        series = pl.Series(name, list(map(_written, values)), dtype=pl.String)
    return series.str.replace_all("\x00", "", literal=True)


def _written(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.hex()
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        return format(number, "f") if number.is_finite() else str(value)
    return str(value)
