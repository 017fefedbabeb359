"""Which numbers of a question are years, and which are amounts that look like years."""

from __future__ import annotations

import re

from nl2sql.semantics.pieces import Line, Piece

_FIRST_YEAR, _LAST_YEAR = 1940, 2060
_DAYS_OF_MONTH = 31
_CENTURY = 1900
_ORDINAL = re.compile(r"([12]?\d|3[01])(?:st|nd|rd|th)")
_ABLATIVES = ("den", "dan", "ten", "tan")
_LOCATIVES = ("de", "da", "te", "ta")
_OF = ("li", "lu", "lı", "lü")
_PLURALS = ("ler", "lar")
_ENDINGS_OF_DECADES = ("х", "е", "ые", "ых")


def is_year(line: Line, number: int) -> bool:
    """Whether a number is a year: 2020, but not 2020 dollars nor more than 2020."""
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
    paid = before is not None and before.has("column", "salary")  # maaşı 2000'in üzerinde
    return not (fewer and (paid or piece.suffix in _ABLATIVES)) or _is_against_year(line, number)


def _is_against_year(line: Line, number: int) -> bool:
    """2024'te 2023'ten daha çok: more than in another year."""
    others = [piece for place, piece in enumerate(line.pieces) if place != number and piece.number is not None]
    return any(
        len(piece.text) == 4 and _FIRST_YEAR <= (piece.number or 0) <= _LAST_YEAR and piece.suffix in _LOCATIVES  # noqa: PLR2004
        for piece in others
    )


def day_of(piece: Piece) -> int | None:
    """The number of a day in a month: 5, 5th, первого."""
    if piece.is_used:
        return None
    if key := piece.key("day"):
        return int(key)
    if found := _ORDINAL.fullmatch(piece.text):
        return int(found[1])
    whole = piece.number is not None and not piece.number % 1
    return int(piece.number or 0) if whole and 1 <= (piece.number or 0) <= _DAYS_OF_MONTH else None


def decade(line: Line, number: int) -> tuple[int, list[int]] | None:
    """The first year of the 1980s, 1980'ler, 80-х, the nineties, with the pieces that say so."""
    piece = line.pieces[number]
    if key := piece.key("decade"):
        return int(key), [number]
    value = piece.number
    if value is None or value % 10 or not (value < 100 or is_year(line, number)):  # noqa: PLR2004
        return None
    following = line.pieces[number + 1] if number + 1 < len(line.pieces) else None
    used = [number]
    ending = line.text[piece.end : piece.end + 1]
    of_years = following is not None and following.has("unit", "year") and piece.suffix in _OF
    said = of_years or piece.suffix.startswith(_PLURALS) or piece.text.endswith("s") or ending == "s"
    if ending in ("-", "‑") and following is not None and following.text.lower() in _ENDINGS_OF_DECADES:
        used.append(number + 1)
        said = True
    year = int(value) if value >= 100 else _CENTURY + int(value)  # noqa: PLR2004
    return (year, used) if said and year >= _FIRST_YEAR else None


def _opens_range_of_money(line: Line, number: int) -> bool:
    """Between 2000 and 2500 dollars."""
    place, joint = line.beside(number, 1)
    if _closes_range_of_amounts(line, number) or _is_of_pay(line, number):
        return True
    if joint is not None and _joins(joint):
        place, joint = line.beside(place, 1)
    elif line.pieces[number].suffix in _LOCATIVES:
        return False  # 2026'da 200 dolardan fazla
    unit = line.beside(place, 1)[1]
    money = unit is not None and unit.has("unit", "usd")
    return joint is not None and joint.number is not None and money


def _is_of_pay(line: Line, number: int) -> bool:
    """Who earns between 2000 and 2200: the first or the second of two amounts that a word for pay stands before."""
    place, before = line.beside(number, -1)
    if before is not None and _joins(before) and line.pieces[place - 1].number is not None:
        place, before = line.beside(place - 1, -1)  # the second of them
    elif not (joint := line.beside(number, 1)[1]) or not _joins(joint):
        return False
    if before is not None and before.has("range", "between", "from"):
        before = line.beside(place, -1)[1]
    return before is not None and before.has("column", "salary")


def _joins(piece: Piece) -> bool:
    return piece.has("conjunction", "and") or piece.has("range", "to")


def _closes_range_of_amounts(line: Line, number: int) -> bool:
    """Between 1500 and 2000: no year is 1500."""
    place, joint = line.beside(number, -1)
    if joint is None or not _joins(joint):
        return False
    first = line.beside(place, -1)[1]
    opener = line.beside(line.beside(place, -1)[0], -1)[1]
    opened = opener is not None and opener.has("range", "between", "from")
    return bool(
        opened and first is not None and first.number is not None and _DAYS_OF_MONTH < first.number < _FIRST_YEAR
    )


def _is_time_after(piece: Piece) -> bool:
    return any(key.endswith("_after") for key in piece.readings.get("time", ()))
