"""Periods as what dates they hold: from a day, before a day, of certain months; and what else they may hold.

How periods are read from words is `periods`; which date they are about is `timing`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from nl2sql.plan import Part, Today

Relation = Literal["in", "since", "after", "before", "until"]
_LENGTHS = {"m": 1, "q": 3, "h": 6, "s": 3}
"""Months of a month, a quarter, a half-year, a season."""
_MONTHS = 12


@dataclass(frozen=True)
class Span:
    """A period: from `low`, before `high`; or all years' March."""

    position: int
    low: date | Today | None = None
    high: date | Today | None = None
    parts: tuple[tuple[Part, tuple[int | Today, ...]], ...] = ()
    """Parts of a date with the numbers that they may have, or those of today."""
    others: tuple[Span, ...] = ()
    """Periods that are meant as well: in 2021 or 2023."""


def months_of(key: str) -> tuple[int, ...]:
    """The months of a calendar key: m3 is March, q1 a quarter, h2 a half-year, s1 the winter."""
    length, number = _LENGTHS[key[0]], int(key[1:])
    first = (number - 1) * length + (-1 if key[0] == "s" else 0)
    return tuple((first + month) % _MONTHS + 1 for month in range(length))


def part_of(key: str) -> tuple[Part, tuple[int, ...]]:
    """The part of a date that is a month, quarter, half-year, season or weekday (w1 is Monday) of whatever year."""
    if key[0] == "w":
        return "isodow", tuple(int(day) for day in key[1:])
    return ("quarter", (int(key[1:]),)) if key[0] == "q" else ("month", months_of(key))


def of_year(position: int, year: int, key: str, day: int | None) -> Span | None:
    """A year, a part of it or a day of it; `None` if there is no such day, or the winter of which year is not said."""
    if not key:
        return Span(position, date(year, 1, 1), date(year + 1, 1, 1))
    months = months_of(key)
    if months != tuple(sorted(months)):
        return None
    if day is not None:
        try:
            low = date(year, months[0], day)
        except ValueError:
            return None
        return Span(position, low, date.fromordinal(low.toordinal() + 1))
    end = months[-1]
    return Span(position, date(year, months[0], 1), date(year + end // _MONTHS, end % _MONTHS + 1, 1))


def related(span: Span, relation: Relation) -> Span:
    """Since a period, after it, before it, until its end."""
    match relation:
        case "since":
            return replace(span, high=None)
        case "after":
            return replace(span, low=span.high, high=None)
        case "before":
            return replace(span, low=None, high=span.low)
        case "until":
            return replace(span, low=None)
        case "in":
            return span
