"""Periods that depend on today: last month, the last five years, more than ten years ago, in the future."""

from __future__ import annotations

import re
from typing import Literal, cast

from nl2sql.plan import Today
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.spans import Span

_PERIODS = {"year": 12, "quarter": 3, "month": 1}
"""Months."""
_DAYS = {"week": 7, "day": 1}
_LATER = {"gt": True, "ge": True, "lt": False, "le": False}
"""Whether a comparing word says that more time has passed."""
_FROM = ("den", "dan", "ten", "tan")
_ROLLING = re.compile(r"\b(past|over|within|son bir|önümüzdeki bir|последн\w*|ближайш\w*)\b", re.IGNORECASE)
"""Over the past year, son bir yılda, за последний год: up to today, unlike last year."""
_WHILE = frozenset({"süre", "zaman", "bir", "daha", "kısa", "uzun", "времени", "than", "чем", "ещё"})
_TURKISH = {"yıl ": "year", "ay ": "month", "çeyrek ": "quarter"}
_REACH = 3
"""Pieces between a date and what says that it is past."""


def period_unit(piece: Piece) -> str | None:
    """The part of time that a piece names, if it has months."""
    key = piece.key("dim") if piece.has("dim", *_PERIODS) else piece.key("unit")
    return key if key in _PERIODS else None


def relative_at(line: Line, number: int) -> tuple[list[int], Span] | None:
    """The period that begins at a piece, with its pieces."""
    return _tense(line, number) or _ago(line, number) or _named(line, number) or _counted(line, number)


def _tense(line: Line, number: int) -> tuple[list[int], Span] | None:
    """Whose end date has already passed, is in the future."""
    piece = line.pieces[number]
    key = piece.key("tense")
    near = range(max(number - _REACH, 0), min(number + _REACH + 1, len(line.pieces)))
    if key is None or not any(line.pieces[n].has("event", "start", "end") for n in near):
        return None
    return [number], Span(number, high=Today()) if key == "past" else Span(number, Today(days=1))


def _named(line: Line, number: int) -> tuple[list[int], Span] | None:
    """Last year's, the month before last."""
    key = line.pieces[number].key("relative")
    if key is None:
        return None
    named, _, past = key.partition(":")
    return [number], _shifted(number, named, int(past))


def _counted(line: Line, number: int) -> tuple[list[int], Span] | None:
    """This year, last month, the last five years, the next 90 days."""
    piece = line.pieces[number]
    if not piece.has("time", "this", "last", "next"):
        return None
    used = [number]
    place, after = line.beside(number, 1)
    if after is not None and (months := after.key("months")) is not None:
        return [*used, place], _moved(number, int(months), "month", ahead=piece.has("time", "next"))
    count = None
    if after is not None and after.number is not None and not after.number % 1:
        count = int(after.number)
        used.append(place)
        place, after = line.beside(place, 1)
    period = None if after is None else _any_unit(after)
    if period is None and count is None and number + 1 < len(line.pieces):
        place = number + 1
        said = line.pieces[place].text.lower()
        period = next((key for stem, key in _TURKISH.items() if said.startswith(stem)), None)  # bir yıl içinde
    if period is None or (count is None and period == "day"):
        return None
    used.append(place)
    if count is None and _ROLLING.search(piece.text):
        count = 1
    if count is None:
        shift = -1 if piece.has("time", "last") else 1 if piece.has("time", "next") else 0
        return used, _shifted(number, period, shift)
    return used, _moved(number, count, period, ahead=piece.has("time", "next"))


def _any_unit(piece: Piece) -> str | None:
    found = period_unit(piece)
    return found or next((key for key in _DAYS if piece.has("unit", key)), None)


def _moved(number: int, count: int, period: str, *, ahead: bool) -> Span:
    if ahead:
        return Span(number, Today(), _back(-count, period))
    return Span(number, _back(count, period))


def _back(count: int, period: str) -> Today:
    return Today("day", -count * _PERIODS.get(period, 0), -count * _DAYS.get(period, 0))


def _shifted(number: int, period: str, shift: int) -> Span:
    if period == "week":
        return Span(number, Today("week", days=7 * shift), Today("week", days=7 * (shift + 1)))
    start = cast("Literal['month', 'quarter', 'year']", period)
    months = _PERIODS[period]
    return Span(number, Today(start, shift * months), Today(start, (shift + 1) * months))


def _ago(line: Line, number: int) -> tuple[list[int], Span] | None:
    """More than ten years ago, 10 yıldan fazla süre önce, менее двух лет назад: so long ago or longer."""
    piece = line.pieces[number]
    if piece.number is None or piece.number % 1:
        return None
    place, unit = line.beside(number, 1)
    used, later = [number], _compared(piece, ("compare",))
    before, compare = line.beside(number, -1)
    if compare is not None and compare.is_open and (later := _compared(compare, ("compare",))) is not None:
        used.append(before)
    period = None
    while unit is not None and place - number <= 2 * _REACH:
        if unit.has("time", "ago"):
            if period is None or later is None:
                return None
            day = _back(int(piece.number), period)
            span = Span(number, high=day) if later else Span(number, day, Today(days=1))
            return [*used, place], span
        own = _any_unit(unit)
        after = _compared(unit, ("compare_after", "compare"))
        if own is None and after is None and unit.text.lower() not in _WHILE:
            return None
        period = period or own or ("year" if unit.text.lower().startswith("yıl") else None)
        later = after if after is not None else later
        if later is None and unit.text.lower().endswith(_FROM):
            later = True  # 10 yıldan önce
        used.append(place)
        place, unit = place + 1, line.pieces[place + 1] if place + 1 < len(line.pieces) else None
    return None


def _compared(piece: Piece, kinds: tuple[str, ...]) -> bool | None:
    keys = (key.partition(":")[0] for kind in kinds for key in piece.readings.get(kind, ()))
    return next((_LATER[key] for key in keys if key in _LATER), None)
