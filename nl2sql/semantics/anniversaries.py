"""Days that come round every year: birthdays, work anniversaries, who turns 50 or completes ten years in 2027.

They become periods in which people were born or hired; what those are conditions on is `timing`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

from nl2sql.plan import Part, Today
from nl2sql.semantics.facts import PEOPLE
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span

_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_BIRTHDAY = (
    "birthday",
    "именинни",
    "doğum gün",
    "день рожд",
    "дня рожд",
    "днём рожд",
    "днем рожд",
    "дни рожд",
    "дней рожд",
)
_ANNIVERSARY = ("anniversar", "yıl dönüm", "yıldönüm", "годовщин")
_TODAY = frozenset({"today", "bugün", "сегодня"})
_THAT_YEAR = ("dim", "year")
_REACH = 6
"""Pieces between the years and what is said to be completed."""
_LENGTHS: dict[str, tuple[Part, int]] = {"month": ("month", 1), "quarter": ("quarter", 3)}
_MOST = 75
"""Years that people may complete."""


def find_anniversaries(reader: Reader) -> None:
    """Move periods back by the years that are completed in them, or tell them from year to year."""
    _find_completed(reader)
    for number in reader.open("event", "birth", "hire"):
        said = reader.pieces[number].text.lower()
        if said.startswith(_BIRTHDAY) or any(word in said for word in _ANNIVERSARY):
            _find_yearly(reader, number)


def _find_completed(reader: Reader) -> None:
    """Who turns 50 or 60 in 2027: born in 1977 or 1967."""
    verbs = reader.open("turn")
    years = [(n, value) for n in range(len(reader.pieces)) if (value := _years(reader, n)) is not None]
    near = [(n, value) for n, value in years if any(abs(n - verb) <= _REACH for verb in verbs)]
    if not verbs or not near or reader.quantities.bounds:
        return
    if len(reader.quantities.spans) != 1:
        raise NotUnderstoodError("years that are completed, but when is not said")
    (span,) = reader.quantities.spans
    numbers = [n for n, _ in near]
    first, last = min(*numbers, *verbs), max(*numbers, *verbs)
    window = [n for n in range(max(first - 1, 0), min(last + 3, len(reader.pieces))) if reader.pieces[n].is_open]
    event = "hire" if any(_is_of_work(reader, n) for n in window) else "birth"
    verb = min(verbs, key=lambda n: abs(n - numbers[0]))
    said = [n for n in window if _belongs(reader, n, first, last)]
    reader.use(*numbers, *verbs, *said, *reader.open("intent", "future"), *_that_year(reader))
    for one, other in pairwise(numbers):
        joints = range(one + 1, other)
        if not all(
            reader.pieces[n].has("conjunction") or reader.pieces[n].is_used or reader.pieces[n].is_filler
            for n in joints
        ):
            raise NotUnderstoodError("years that are completed, and another number")
        reader.use(*joints)
    reader.pieces[verb].readings = {"event": (event,), "current": ("current",)}
    reader.pieces[verb].is_used = False
    moved = [_earlier(replace(span, position=verb), value) for _, value in near]
    reader.quantities.spans[:] = [replace(moved[0], others=tuple(moved[1:]))]
    if not reader.open("subject", PEOPLE):
        reader.speaks_of_people = True


def _years(reader: Reader, number: int) -> int | None:
    """50, the 20th, двадцатилетие."""
    piece = reader.pieces[number]
    if not piece.is_open:
        return None
    if (key := piece.key("jubilee")) is not None and key.isdigit():
        return int(key)
    if piece.number is not None and not piece.number % 1 and 0 < piece.number <= _MOST:
        return int(piece.number)
    found = _ORDINAL.fullmatch(piece.text.lower())
    return int(found[1]) if found else None


def _is_of_work(reader: Reader, number: int) -> bool:
    piece = reader.pieces[number]
    said = piece.text.lower()
    of_years = reader.language == "tr" and said.startswith(("yılı", "yıl dön", "yıldön", "senesi"))
    return piece.has("column", "tenure") or piece.has("event", "hire") or of_years or piece.has("turn", "work")


def _belongs(reader: Reader, number: int, first: int, last: int) -> bool:
    """Whether a piece says no more than that years are completed: their unit, of age, of service."""
    piece = reader.pieces[number]
    kinds = ("unit", "column", "turn", "jubilee")
    named = any(piece.has(kind) for kind in kinds) or piece.has("event", "hire", "complete")
    named |= first < number < last and piece.text.lower() in ("age", "th", "е", "й", "летие", "ю", "ый")
    return named and not piece.has("column", "salary", "payroll", "days", "hours")


def _that_year(reader: Reader) -> list[int]:
    """That year, o yıl, в этом году: the year that was named."""
    return [n for n in reader.open(*_THAT_YEAR) if n and reader.pieces[n - 1].text.lower() in ("that", "o", "том")]


def _earlier(span: Span, years: int) -> Span:
    """The same period so many years before."""
    low, high = span.low, span.high
    if span.parts or low is None or high is None:
        raise NotUnderstoodError("years that are completed, but when is not said")
    return replace(span, low=_before(low, years), high=_before(high, years))


def _before(day: date | Today, years: int) -> date | Today:
    if isinstance(day, Today):
        return replace(day, months=day.months - 12 * years)
    return date(day.year - years, day.month, min(day.day, 28) if day.month == 2 else day.day)  # noqa: PLR2004


def _find_yearly(reader: Reader, number: int) -> None:
    """Birthdays of this month, of today, of March 2027: of whatever year."""
    piece = reader.pieces[number]
    if any(said.text.lower() in _TODAY for said in reader.pieces) and not reader.quantities.spans:
        if reader.open("time", "today"):
            reader.use(*reader.open("time", "today"))
        reader.quantities.spans.append(Span(number, Today(), Today(days=1)))
    spans = reader.quantities.spans
    if not spans:
        return
    piece.readings = {**piece.readings, "current": ("current",)}
    spans[:] = [one if one.parts and one.low is None else _yearly(one) for one in spans]


def _yearly(span: Span) -> Span:
    low, high = span.low, span.high
    if isinstance(low, Today) and isinstance(high, Today):
        if low == Today() and high == Today(days=1):
            days: tuple[tuple[Part, tuple[Today]], ...] = (
                ("month", (Today(part="month"),)),
                ("day", (Today(part="day"),)),
            )
            return Span(span.position, parts=days)
        part, months = _LENGTHS.get(low.period, ("month", 0))
        if high == replace(low, months=low.months + months):
            return Span(span.position, parts=((part, (replace(low, part=part),)),))
    if isinstance(low, date) and isinstance(high, date):
        if (high - low).days == 1:
            return Span(span.position, parts=(("month", (low.month,)), ("day", (low.day,))))
        if low.day == high.day == 1:
            months = (high.year - low.year) * 12 + high.month - low.month
            if months < 12:  # noqa: PLR2004
                return Span(
                    span.position, parts=(("month", tuple((low.month + n - 1) % 12 + 1 for n in range(months))),)
                )
    raise NotUnderstoodError("anniversaries, but of which days is not said")
