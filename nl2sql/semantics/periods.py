"""Periods of a question: "since 2020", "in March", "the last five years", "the 1980s".

They are found by what stands beside a year, a month or a word of time; which date they are about is decided
by `conditions`, which knows the rest of the question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from nl2sql.plan import Part, Today
from nl2sql.semantics.pieces import Line, Piece

_FIRST_YEAR, _LAST_YEAR = 1940, 2060
_PERIODS = {"year": 12, "quarter": 3, "month": 1}
"""Months."""
_DAYS_OF_MONTH = 31
_DAY = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b|\b(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)\b")
_ORDINAL_ENDINGS = frozenset({"го", "м", "й", "ом", "ый", "ого", "ым", "th", "st", "nd", "rd"})


@dataclass(frozen=True)
class Span:
    """A period: from `low`, before `high`; or all years' March."""

    position: int
    low: date | Today | None = None
    high: date | Today | None = None
    parts: tuple[tuple[Part, int], ...] = ()


def find_periods(line: Line) -> list[Span]:
    """Find them, and mark what they were made of as used."""
    found = [*_written_days(line), *_relative_periods(line)]
    for number, piece in enumerate(line.pieces):
        if piece.is_open and _is_year(line, number):
            found.append(_year_period(line, number))
    for number, piece in enumerate(line.pieces):
        if piece.is_open and piece.has("calendar") and not piece.has("calendar", "h1", "h2"):
            found.append(_calendar_period(line, number))
    return found


def _written_days(line: Line) -> list[Span]:
    """2010-05-12, 12.05.2010."""
    found = []
    for match in _DAY.finditer(line.text):
        inside = [n for n, piece in enumerate(line.pieces) if match.start() <= piece.start < match.end()]
        numbers = [int(part) for part in match.groups() if part]
        year, month, day = numbers if len(match[0].split("-")[0]) == 4 else reversed(numbers)  # noqa: PLR2004
        try:
            low = date(year, month, day)
        except ValueError:
            continue
        if not inside:
            continue
        line.use(*(line.pieces[n] for n in inside))
        relation, used = _relation(line.beside(inside[0], -1)[1], line.beside(inside[-1], 1)[1])
        line.use(used)
        found.append(_related(Span(inside[0], low, date.fromordinal(low.toordinal() + 1)), relation))
    return found


def _is_year(line: Line, number: int) -> bool:
    piece = line.pieces[number]
    value = piece.number
    if value is None or value % 1 or not _FIRST_YEAR <= value <= _LAST_YEAR or len(piece.text) != 4:  # noqa: PLR2004
        return False
    _, before = line.beside(number, -1)
    _, after = line.beside(number, 1)
    if line.text[piece.start - 1 : piece.start] == "$" or (after and after.has("unit", "usd", "person")):
        return False
    if before and before.has("compare") and not before.has("time"):
        return False
    if _opens_range_of_money(line, number):
        return False
    fewer = after is not None and after.has("compare_after") and not _is_time_after(after)
    return not (fewer and piece.suffix in ("den", "dan", "ten", "tan"))


def _opens_range_of_money(line: Line, number: int) -> bool:
    """Between 2000 and 2500 dollars."""
    place, joint = line.beside(number, 1)
    if _closes_range_of_amounts(line, number):
        return True
    if joint is not None and joint.number is None:
        place, joint = line.beside(place, 1)
    unit = line.beside(place, 1)[1]
    money = unit is not None and unit.has("unit", "usd")
    return joint is not None and joint.number is not None and money


def _closes_range_of_amounts(line: Line, number: int) -> bool:
    """Between 1500 and 2000: no year is 1500."""
    place, joint = line.beside(number, -1)
    if joint is None or not (joint.has("conjunction", "and") or joint.has("range", "to")):
        return False
    first = line.beside(place, -1)[1]
    opener = line.beside(line.beside(place, -1)[0], -1)[1]
    opened = opener is not None and opener.has("range", "between", "from")
    return bool(
        opened and first is not None and first.number is not None and _DAYS_OF_MONTH < first.number < _FIRST_YEAR
    )


def _is_time_after(piece: Piece) -> bool:
    return any(key.endswith("_after") for key in piece.readings.get("time", ()))


def _year_period(line: Line, number: int) -> Span:
    """A year, perhaps with a month, a second year and a word such as "since"."""
    low, high, first, last = _literal_period(line, number)
    line.use(line.pieces[number])
    _use_ordinal(line, number)
    end = _second_year(line, number, first, last)
    if end is not None:
        return Span(number, low, end)
    if _is_decade(line, line.pieces[number]):
        _use_unit_of_decade(line, number)
        return Span(number, low, date(low.year + 10, 1, 1))
    relation, used = _relation(line.beside(first, -1)[1], line.beside(last, 1)[1])
    line.use(used)
    return _related(Span(number, low, high), relation)


def _use_ordinal(line: Line, number: int) -> None:
    """The ending of 2025-го."""
    after = line.pieces[number + 1 : number + 2]
    if after and after[0].start == line.pieces[number].end + 1 and after[0].text.lower() in _ORDINAL_ENDINGS:
        line.use(*after)


def _first_month(line: Line, place: int, low: date, year: int) -> tuple[date, int]:
    """January to March 2027: where the period begins, and its first piece."""
    behind, joint = line.beside(place, -1)
    dashed = joint is not None and line.is_dashed(behind)
    if joint is not None and not dashed and not _joins(joint):
        return low, place
    earlier, month = (behind, joint) if dashed else line.beside(behind, -1)
    if month is None or not (month.key("calendar") or "").startswith("m") or not month.is_open:
        return low, place
    opener = line.beside(earlier, -1)[1]
    line.use(month, None if dashed else joint)
    if opener is not None and (opener.has("range") or opener.has("time", "since")):
        line.use(opener)
    return _months(year, month.key("calendar") or "m1")[0], earlier


def _joins(piece: Piece) -> bool:
    return piece.has("conjunction", "and") or piece.has("range", "to") or piece.has("time", "until")


def _second_year(line: Line, number: int, first: int, last: int) -> date | None:
    """The end of a range that begins with a year: from 2018 to 2020, 2018–2020, 2018 ile 2020 arasında."""
    ahead, after = line.beside(last, 1)
    is_joined = after is not None and (
        after.has("conjunction") or after.has("range") or after.has("time", "until", "until_after")
    )
    joint = ahead if is_joined else last
    second, other = line.beside(joint, 1)
    is_dashed = line.is_dashed(last)
    if other is None or not _is_year(line, second) or not (is_joined or is_dashed):
        return None
    before = line.beside(first, -1)[1]
    opened = before is not None and (before.has("range", "between", "from") or before.has("time", "since"))
    _, high, _, end = _literal_period(line, second)
    closing = line.beside(end, 1)[1]
    closed = closing is not None and closing.has("range", "between_after")
    if not (opened or closed or is_dashed or line.pieces[joint].has("range")):
        return None
    line.use(line.pieces[number], other, line.pieces[joint] if is_joined else None)
    line.use(before if opened else None, closing if closed else None)
    return high


def _is_decade(line: Line, piece: Piece) -> bool:
    """The 1980s, 1980'lerde, 1980-х."""
    ending = line.text[piece.end : piece.end + 3].lower()
    decade = piece.suffix.startswith(("ler", "lar")) or ending.startswith(("s ", "-х", "s.", "s?")) or ending == "s"
    if decade and ending.startswith("-х"):
        for other in line.pieces:
            if other.start == piece.end + 1:
                line.use(other)
    return decade and piece.text.endswith("0")


def _use_unit_of_decade(line: Line, number: int) -> None:
    for step in (1, 2):
        beside = line.pieces[number + step : number + step + 1]
        if beside and (beside[0].has("unit", "year") or beside[0].has("dim", "year")):
            line.use(*beside)


def _relation(before: Piece | None, after: Piece | None) -> tuple[str, Piece | None]:
    if after is not None and after.is_open:
        for key in after.readings.get("time", ()):
            if key.endswith("_after"):
                return key.removesuffix("_after"), after
    if before is not None and before.is_open:
        for key in ("since", "after", "before", "until"):
            if before.has("time", key):
                return key, before
        if before.has("range", "from"):
            return "since", before
    return "in", None


def _related(span: Span, relation: str) -> Span:
    match relation:
        case "since":
            return replace(span, high=None)
        case "after":
            return replace(span, low=span.high, high=None)
        case "before":
            return replace(span, low=None, high=span.low)
        case "until":
            return replace(span, low=None)
        case _:
            return span


def _literal_period(line: Line, number: int) -> tuple[date, date, int, int]:
    """The period of a year with what belongs to it, and its first and last piece."""
    year = int(line.pieces[number].number or 0)
    first = last = number
    ahead, after = line.beside(number, 1)
    if after is not None and (after.has("unit", "year") or after.has("dim", "year")):
        line.use(after)
        last = ahead
    behind, before = line.beside(number, -1)
    if before is not None and before.has("dim", "year"):
        line.use(before)
        first = behind
    for side, edge in ((-1, first), (1, last)):
        place, month = line.beside(edge, side)
        if month is None or not month.has("calendar"):
            continue
        line.use(month)
        low, high = _months(year, month.key("calendar") or "m1")
        first, last = min(first, place), max(last, place)
        day_place, day = line.beside(place, -1)
        in_month = (month.key("calendar") or "").startswith("m")
        if (
            day is not None
            and in_month
            and day.number is not None
            and day.number <= _DAYS_OF_MONTH
            and not day.number % 1
        ):
            line.use(day)
            low = low.replace(day=int(day.number))
            return low, date.fromordinal(low.toordinal() + 1), min(first, day_place), last
        if in_month and side == -1:
            low, first = _first_month(line, place, low, year)
            closing = line.beside(last, 1)[1]
            if first < place and closing is not None and closing.has("range", "between_after"):
                line.use(closing)
        return low, high, first, last
    return date(year, 1, 1), date(year + 1, 1, 1), first, last


def _months(year: int, key: str) -> tuple[date, date]:
    length = {"m": 1, "q": 3, "h": 6}[key[0]]
    start = (int(key[1:]) - 1) * length
    end = start + length
    return date(year, start + 1, 1), date(year + end // 12, end % 12 + 1, 1)


def _relative_periods(line: Line) -> list[Span]:
    """This year, last month, the last five years."""
    found = []
    for number, piece in enumerate(line.pieces):
        if not piece.has("time", "this", "last", "next"):
            continue
        ahead, after = line.beside(number, 1)
        count = None
        if after is not None and after.number is not None and not after.number % 1:
            count = int(after.number)
            counted = after
            ahead, after = line.beside(ahead, 1)
        if after is None:
            continue
        period = after.key("dim") if after.has("dim", *_PERIODS) else after.key("unit")
        if period not in _PERIODS:
            continue
        line.use(piece, after)
        if count is not None:
            line.use(counted)
        found.append(_relative(number, piece, period, count))
    return found


def _relative(number: int, piece: Piece, period: str, count: int | None) -> Span:
    months = _PERIODS[period]
    start = {"year": "year", "quarter": "quarter", "month": "month"}[period]
    if count is not None:
        if piece.has("time", "next"):
            return Span(number, Today(), Today("day", count * months + 0))
        return Span(number, Today("day", -count * months), None)
    shift = -months if piece.has("time", "last") else months if piece.has("time", "next") else 0
    return Span(number, Today(start, shift), Today(start, shift + months))  # type: ignore[arg-type]


def _calendar_period(line: Line, number: int) -> Span:
    """A month or quarter of whatever year."""
    piece = line.pieces[number]
    key = piece.key("calendar") or ""
    line.use(piece)
    after = line.beside(number, 1)[1]
    if after is not None and after.is_open and after.has("dim", "month") and key[0] == "m":
        line.use(after)
    part: Part = "month" if key[0] == "m" else "quarter"
    return Span(number, parts=((part, int(key[1:])),))
