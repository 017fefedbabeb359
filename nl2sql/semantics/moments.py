"""The single periods of a question, before they are joined: 5 May 2024, March, the first quarter of last year."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from nl2sql.plan import Part, Today
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.relative import period_unit, relative_at
from nl2sql.semantics.spans import Span, of_year, part_of
from nl2sql.semantics.years import day_of, decade, is_year

_DAY = re.compile(r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b|(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)\b")
ORDINAL_ENDINGS = frozenset(
    {"го", "м", "й", "ом", "ый", "ого", "ым", "х", "th", "st", "nd", "rd", "е", "я", "ем", "ей", "ю"}
)
_OF_THE_YEAR = frozenset({"года", "yılın", "senenin"})
_YEARS = 10
"""Of a decade."""


@dataclass(frozen=True)
class Moment:
    """A period as it is said; what it lacks (its year) may be said of another beside it."""

    first: int
    last: int
    """Pieces."""
    used: tuple[int, ...]
    position: int
    year: int | None = None
    years: int = 1
    relative: Span | None = None
    key: str = ""
    """A month, quarter, half-year or season, see `months_of`."""
    day: int | None = None

    @property
    def shape(self) -> tuple[bool, bool, str, bool]:
        """What periods that are listed have in common."""
        return self.year is not None, self.relative is not None, self.key[:1], self.day is not None

    def span(self) -> Span | None:
        """Its dates, or `None` if it has none."""
        if self.relative is not None:
            return replace(self.relative, parts=(part_of(self.key),) if self.key else ())
        if self.year is None:
            days: tuple[tuple[Part, tuple[int | Today, ...]], ...] = (("day", (self.day,)),) if self.day else ()
            return Span(self.position, parts=(part_of(self.key), *days))
        if self.years > 1:
            return Span(self.position, date(self.year, 1, 1), date(self.year + self.years, 1, 1))
        return of_year(self.position, self.year, self.key, self.day)


def is_passing(piece: Piece) -> bool:
    """Whether a word only says that a period follows: in, during, в, içinde."""
    keys = piece.readings.keys()
    return (
        not piece.values
        and piece.number is None
        and "time" in keys
        and (keys <= {"time", "filler"} or (keys <= {"time", "filler", "date"} and piece.has("date", "any")))
        and set(piece.readings["time"]) == {"during"}
    )


def around(line: Line, number: int, step: int) -> tuple[int, Piece | None]:
    """The next piece in a direction that is neither a filler nor only says that a period follows."""
    place, piece = line.beside(number, step)
    while piece is not None and is_passing(piece):
        place, piece = line.beside(place, step)
    return place, piece


def moment_at(line: Line, number: int) -> Moment | None:
    """The period that begins at a piece."""
    return _written_day(line, number) or _day(line, number) or _part(line, number) or _year(line, number)


def _written_day(line: Line, number: int) -> Moment | None:
    """2010-05-12, 12.05.2010."""
    match = _DAY.match(line.text, line.pieces[number].start)
    if match is None:
        return None
    used = tuple(n for n, piece in enumerate(line.pieces) if match.start() <= piece.start < match.end())
    numbers = [int(part) for part in match.groups() if part]
    year, month, day = numbers if match[1] else reversed(numbers)
    if not 1 <= month <= 12:  # noqa: PLR2004
        return None
    return Moment(number, used[-1], used, number, year, key=f"m{month}", day=day)


def _day(line: Line, number: int) -> Moment | None:
    """5 May 2024, 5 мая, 5 Mayıs 2024."""
    piece = line.pieces[number]
    day = day_of(piece)
    if day is None:
        return None
    ending = _ordinal_ending(line, number)
    place, month = line.beside(max((number, *ending)), 1)
    if month is None or not (month.key("calendar") or "").startswith("m") or line.is_dashed(number):
        return None
    found = _with_year(line, Moment(number, place, (number, *ending, place), place, key=month.key("calendar") or ""))
    return replace(found, day=day)


def _part(line: Line, number: int) -> Moment | None:
    """March, March 2024, May 5, 2024, the second half of last year."""
    piece = line.pieces[number]
    key = piece.key("calendar")
    if key is None or piece.is_used or (piece.has("ask", "list") and line.beside(number, 1)[1] is None):
        return None
    last, used = number, [number]
    after, unit = line.beside(number, 1)
    if unit is not None and unit.is_open and unit.has("dim", "month") and key[0] in "ms" and not unit.has("ask"):
        last = after
        used.append(after)
    if key[0] == "w":
        return Moment(number, number, (number,), number, key=key)
    last, used = _of_the_year(line, number, last, used)
    plain = Moment(number, last, tuple(used), number, key=key)
    place, piece_of_day = line.beside(last, 1)
    day = None if piece_of_day is None else day_of(piece_of_day)
    if day is not None and key[0] == "m" and not line.is_dashed(last):
        ending = _ordinal_ending(line, place)
        dated = _with_year(line, replace(plain, last=max((place, *ending)), used=(*used, place, *ending)))
        if dated.year is not None and dated.key == key:
            return replace(dated, day=day)
    return _with_year(line, plain)


def _of_the_year(line: Line, number: int, last: int, used: list[int]) -> tuple[int, list[int]]:
    """The first quarter of the year, yılın ilk çeyreği: of whatever year."""
    after, of = around(line, last, 1)
    if of is not None and of.is_open and of.text.lower() in _OF_THE_YEAR and period_unit(of) == "year":
        return after, [*used, after]
    before, of = line.beside(number, -1)
    if of is not None and of.is_open and of.text.lower() in _OF_THE_YEAR and period_unit(of) == "year":
        return last, [*used, before]
    return last, used


def _with_year(line: Line, moment: Moment) -> Moment:
    """The same, with the year that follows it."""
    if line.is_dashed(moment.last):
        return moment
    place, piece = around(line, moment.last, 1)
    year = None if piece is None else _bare_year(line, place)
    if year is None or year.years > 1 or (year.relative is not None and not _is_in_years(line, year)):
        return moment
    used = (*moment.used, *range(moment.last + 1, year.last + 1))
    return replace(moment, last=year.last, used=used, year=year.year, relative=year.relative, position=year.position)


def _is_in_years(line: Line, year: Moment) -> bool:
    """Whether a relative period is one of years, which have months."""
    return any(
        period_unit(line.pieces[number]) == "year" or line.pieces[number].has("relative") for number in year.used
    )


def _year(line: Line, number: int) -> Moment | None:
    """2024, perhaps with a part of it after it: 2024 yılının mart ayı, last year in March."""
    found = _bare_year(line, number)
    if found is None or found.years > 1 or line.is_dashed(found.last):
        return found
    if found.relative is not None and not _is_in_years(line, found):
        return found
    place, part = around(line, found.last, 1)
    if part is None or not part.has("calendar") or (part.key("calendar") or "")[0] == "w":
        return found
    if not part.is_open or line.text[line.pieces[found.last].end] == ",":
        return found
    if part.has("ask", "list") and line.beside(place, 1)[1] is None:
        return found
    used, last = [*found.used, *range(found.last + 1, place + 1)], place
    after, unit = line.beside(place, 1)
    if unit is not None and unit.is_open and unit.has("dim", "month"):
        used.append(after)
        last = after
    return replace(found, last=last, used=tuple(used), key=part.key("calendar") or "")


def _bare_year(line: Line, number: int) -> Moment | None:
    """2024, the year 2024, 2024 года, the 1980s, last year, the last five years."""
    piece = line.pieces[number]
    if piece.is_used:
        return None
    if found := decade(line, number):
        used = found[1]
        after, unit = line.beside(used[-1], 1)
        used += [after] if unit is not None and period_unit(unit) == "year" else []
        return Moment(number, used[-1], tuple(used), number, found[0], _YEARS)
    if piece.has("dim", "year") and not piece.has("ask"):
        place, year = line.beside(number, 1)
        if year is not None and is_year(line, place) and (found_year := _literal(line, place)):
            return replace(found_year, first=number, used=(number, *found_year.used))
    return _literal(line, number) if is_year(line, number) else _relative(line, number)


def _literal(line: Line, number: int) -> Moment:
    used = [number, *_ordinal_ending(line, number)]
    after, unit = line.beside(used[-1], 1)
    if unit is not None and unit.is_open and period_unit(unit) == "year" and not unit.has("ask"):
        used.append(after)
    return Moment(number, used[-1], tuple(used), number, int(line.pieces[number].number or 0))


def _ordinal_ending(line: Line, number: int) -> list[int]:
    """The ending of 2025-го, 5-е, 5th."""
    after = line.pieces[number + 1 : number + 2]
    near = bool(after) and after[0].start <= line.pieces[number].end + 1
    return [number + 1] if near and after[0].text.lower() in ORDINAL_ENDINGS else []


def _relative(line: Line, number: int) -> Moment | None:
    """This year, last month, the last five years, the year before last."""
    found = relative_at(line, number)
    if found is None:
        return None
    used, span = found
    return Moment(min(used), max(used), tuple(used), number, relative=span)
