"""Whether two results say the same: rows as bags, or in order where order was asked for.

Names of columns and their order say nothing about being right, and neither does how many decimals are shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

Rows = Sequence[Sequence[Any]]

_DIGITS: Final = 6
"""Significant ones; sums in another order differ in the last bits."""
_MOST_COLUMNS: Final = 12
_MOST_TRIES: Final = 200
"""Orders of columns that are tried; columns with the same cells are what makes many."""


def same(found: Rows, wanted: Rows, *, loose: bool = False, order_by: Sequence[int | None] | None = None) -> bool:
    """Compare a result with the one that is known to be right.

    Args:
        found: what is judged.
        wanted: what is right.
        loose: whether further columns are fine.
        order_by: if order matters, the columns of `wanted` that it is by, `None` for what is not shown.
    """
    if len(found) != len(wanted):
        return False
    if not wanted:
        return True
    width = len(wanted[0])
    if len(found[0]) < width or (len(found[0]) > width and not loose) or len(found[0]) > _MOST_COLUMNS:
        return False
    for tries, columns in enumerate(_assignments(found, wanted)):
        if tries >= _MOST_TRIES:
            return False
        chosen = [[row[column] for column in columns] for row in found]
        if _same_bag(chosen, wanted) and (order_by is None or _same_order(chosen, wanted, order_by)):
            return True
    return False


def _assignments(found: Rows, wanted: Rows) -> Iterator[tuple[int, ...]]:
    """Which column of `found` may be which of `wanted`, by their cells; the given order first."""
    width = len(wanted[0])
    fits = [
        [column for column in range(len(found[0])) if _same_bag(_column(found, column), _column(wanted, goal))]
        for goal in range(width)
    ]

    def extend(taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        goal = len(taken)
        if goal == width:
            yield taken
            return
        for column in sorted(fits[goal], key=lambda column: column != goal):
            if column not in taken:
                yield from extend((*taken, column))

    return extend(())


def _column(rows: Rows, column: int) -> list[list[Any]]:
    return [[row[column]] for row in rows]


def _same_bag(found: Rows, wanted: Rows) -> bool:
    if Counter(map(_key, found)) == Counter(map(_key, wanted)):
        return True
    pairs = zip(sorted(found, key=_sortable), sorted(wanted, key=_sortable), strict=True)
    return all(_same_row(one, other) for one, other in pairs)


def _same_order(found: Rows, wanted: Rows, order_by: Sequence[int | None]) -> bool:
    if all(_same_row(one, other) for one, other in zip(found, wanted, strict=True)):
        return True
    # rows that are equal in what they are ordered by may stand in any order
    keys = [column for column in order_by if column is not None]
    if not keys or None in order_by:
        return False
    return all(all(_same_cell(one[key], other[key]) for key in keys) for one, other in zip(found, wanted, strict=True))


def _same_row(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(_same_cell(left, right) for left, right in zip(one, other, strict=True))


def _same_cell(one: object, other: object) -> bool:
    left, right = _plain(one), _plain(other)
    if isinstance(left, float) and isinstance(right, float):
        return (
            math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-9)
            or _is_rounded(left, right)
            or _is_rounded(right, left)
        )
    return left == right


def _is_rounded(short: float, full: float) -> bool:
    """Whether one is the other with fewer decimals, one at least; halves may go up, as in databases, or to even."""
    decimals = len(f"{short:.10f}".rstrip("0").partition(".")[2])
    return abs(full - short) <= 0.5 * 10.0 ** -max(decimals, 1) + 1e-9


def _plain(cell: object) -> object:
    if isinstance(cell, bool | int | float | Decimal):
        return float(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, str) and cell.endswith(" 00:00:00"):
        return cell.removesuffix(" 00:00:00")
    return cell if cell is None or isinstance(cell, str) else str(cell)


def _key(row: Sequence[Any]) -> tuple[object, ...]:
    return tuple(f"{cell:.{_DIGITS}g}" if isinstance(cell, float) else cell for cell in map(_plain, row))


def _sortable(row: Sequence[Any]) -> tuple[tuple[int, str, float], ...]:
    """Texts first: figures that differ a little must not change the order of rows."""
    cells = [_plain(cell) for cell in row]
    texts = [(0, "" if cell is None else str(cell), 0.0) for cell in cells if not isinstance(cell, float)]
    figures = [(1, "", cell) for cell in cells if isinstance(cell, float)]
    return (*texts, *figures)
