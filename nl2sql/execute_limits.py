"""How much an answer may hold, and the sentences for what is more: the same for every database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from nl2sql.errors import ExecutionError

MAX_CELL: Final = 100_000
"""Bytes of one value."""
MAX_BYTES: Final = 16_000_000
"""Bytes of an answer."""
CHUNK: Final = 100
"""Rows that are read at once; between two chunks time and bytes are looked at."""


def fetched(fetch: Callable[[int], Sequence[Sequence[Any]]], max_rows: int, end: float) -> list[tuple[Any, ...]]:
    """The rows of a cursor, as far as they are wanted.

    Args:
        fetch: the next rows, so many at most; none at the end.
        max_rows: how many are wanted.
        end: when the time is over, by `time.monotonic`.

    Raises:
        ExecutionError: one value or all of them are too large.
        TimeoutError: the time is over.
    """
    rows: list[tuple[Any, ...]] = []
    size = 0
    while len(rows) < max_rows and (chunk := fetch(min(CHUNK, max_rows - len(rows)))):
        rows += [tuple(row) for row in chunk]
        size += measured(rows[-len(chunk) :])
        if size > MAX_BYTES:
            raise answer_too_large()
        if time.monotonic() > end:
            raise TimeoutError
    return rows


def cell_too_large(size: int) -> ExecutionError:
    """What to say of a value that is not shown."""
    return ExecutionError(f"A value of the answer has {size:,} bytes; {MAX_CELL:,} are allowed. Ask for a part of it.")


def answer_too_large() -> ExecutionError:
    """What to say of an answer that is not shown."""
    return ExecutionError(f"The answer has more than {MAX_BYTES:,} bytes; ask for fewer columns or rows.")


def measured(rows: Iterable[tuple[Any, ...]]) -> int:
    """The bytes of rows that were read.

    Raises:
        ExecutionError: one value is too large.
    """
    total = 0
    for row in rows:
        for cell in row:
            size = len(cell) if isinstance(cell, str | bytes) else 8
            if size > MAX_CELL:
                raise cell_too_large(size)
            total += size
    return total
