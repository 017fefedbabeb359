"""Which column a number is compared with: what its unit, the words around it and the numbers beside it tell."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from nl2sql.plan import Compare
from nl2sql.semantics.ages import AGE_WORDS, LIKELY_AGES, is_of_headcount, is_of_people_aged
from nl2sql.semantics.facts import PEOPLE, PROJECT, Facts
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import Reader

_USD = ("salary", "payroll", "budget")
_UNITS = {"usd": _USD, "day": ("days",), "hour": ("hours",), "year": ("age", "tenure")}
"""Unit of a number -> attributes that are measured in it."""
_MEASURES = ("year", "yıl", "sene", "лет ", "год")
"""How phrases begin that name a unit and what is measured in it."""
_RANGE = 10
"""How many times higher the end of a range is than its beginning, at most."""
_YEARS = ("year", "yıl", "sene", "лет", "год")


def is_bare(bound: Bound) -> bool:
    """Whether nothing beside a number tells what it is of."""
    return bound.unit is None and bound.unit_piece is None and bound.attribute is None


def column_of_bound(reader: Reader, bound: Bound) -> tuple[str | None, int | None]:
    """The attribute that a number is compared with, and the piece that says so, if another than the unit does."""
    if is_bare(bound) and bound.word in AGE_WORDS and is_of_headcount(reader, bound):
        return None, None  # a headcount above 20
    return _column(reader, bound)


def _column(reader: Reader, bound: Bound) -> tuple[str | None, int | None]:
    unit = bound.unit_piece
    aged = bound.attribute == "age" or (unit is not None and unit.has("column", "age"))
    if aged or is_of_people_aged(reader, bound):
        place, before = reader.beside(bound.position, -1)
        said = before is not None and before.is_open and before.has("column", "age")
        return "age", place if said and not reader.open("agg") else None  # yaşı 40'tan küçük
    if bound.attribute == "budget":
        return "budget", None
    if unit is not None and unit.has("column") and unit.text.lower().startswith(_MEASURES):
        return unit.key("column"), None  # ten years of service
    wanted = _wanted(bound)
    if bound.attribute == "tenure" and bound.word.startswith(_YEARS):
        wanted = (bound.attribute,)  # 10 yıldan uzun süredir: the unit is part of the phrase
    if wanted and bound.attribute not in wanted:
        bound = replace(bound, attribute=None)  # longer than ten days
    if unit is not None and unit.has("subject") and not wanted:
        return None, None
    low, high = reader.around(bound.position)
    own = [number for number in reader.open("column") if low <= number < high]
    if bound.attribute == "salary" and not any(reader.pieces[n].has("column", *_USD) for n in own):
        own = []  # the days of leave of those who earn less than 1600
    own = [number for number in own if number < bound.position] or own if len(reader.bounded) > 1 else own
    columns = [
        number
        for number in own
        if not (number > bound.position and reader.is_apart(bound.position, number))
        and (not wanted or any(reader.pieces[number].has("column", key) for key in wanted))
    ]
    if bound.unit is None and bound.unit_piece is None and bound.word in AGE_WORDS and bound.value <= LIKELY_AGES[1]:
        paid = ("salary", "payroll", "first_salary")
        columns = [
            n
            for n in columns
            if not reader.pieces[n].has("column", *paid)
            and not (n > bound.position and reader.pieces[n].has("column", "tenure"))  # over 60 and still working here
        ]
    if columns:
        return _nearest(reader, bound, columns, wanted)
    return _likely(reader, bound, wanted), None


def _nearest(reader: Reader, bound: Bound, columns: list[int], wanted: tuple[str, ...]) -> tuple[str, int]:
    nearest = min(columns, key=lambda number: abs(number - bound.position))
    keys = reader.pieces[nearest].readings["column"]
    if "salary" in keys and (beside := reader.beside(nearest, -1)[0]) in reader.open("column", "payroll"):
        reader.use(nearest)
        return "payroll", beside  # фонд зарплаты
    return next(key for key in keys if not wanted or key in wanted), nearest


def _likely(reader: Reader, bound: Bound, wanted: tuple[str, ...]) -> str | None:
    """The attribute that a number is about when no word says so."""
    if wanted == _USD:
        return "budget" if reader.subject == PROJECT else "salary"
    if bound.attribute is not None:
        return bound.attribute
    is_age = LIKELY_AGES[0] <= bound.value <= LIKELY_AGES[1]
    if wanted == _UNITS["year"]:
        exact = bound.operator == "=" and reader.language != "tr" and not reader.said("work", "work")
        works = reader.language == "tr" or any(piece.has("work", "work") for piece in reader.pieces)
        return "age" if is_age and (exact or bound.high is not None) else "tenure" if works else None
    if wanted:
        return wanted[-1]
    if is_of_headcount(reader, bound):
        return None
    is_bare = bound.unit_piece is None and not (bound.follower is not None and bound.follower.values)
    return "age" if is_age and is_bare and bound.word in AGE_WORDS and reader.subject == PEOPLE else None


def _wanted(bound: Bound) -> tuple[str, ...]:
    if bound.unit is not None:
        return _UNITS[bound.unit]
    unit = bound.unit_piece
    if unit is None:
        return ()
    if unit.has("column", "days", "hours") or (unit.has("column", "tenure") and unit.text.lower().startswith(_YEARS)):
        return (unit.key("column") or "",)
    return next((columns for key, columns in _UNITS.items() if unit.has("unit", key)), ())


def said_before(reader: Reader, facts: Facts, bound: Bound) -> str | None:
    """At least 2000 but no more than 2500: the second number is of what the first was."""
    told = [entry for entry in facts.where if entry[0] in reader.bounded and entry[0] != bound.position]
    if not told or not is_bare(bound) or (bound.follower is not None and bound.follower.values):
        return None
    place, condition = min(told, key=lambda entry: abs(entry[0] - bound.position))
    first, last = sorted((place, bound.position))
    between = reader.pieces[first + 1 : last]
    joined = all(piece.is_used or piece.is_quiet for piece in between)
    if not joined or not isinstance(condition, Compare) or not isinstance(condition.value, int | Decimal):
        return None
    low, high = sorted((Decimal(condition.value), bound.value))
    near = condition.operator[0] != bound.operator[0] and low > 0 and high / low <= _RANGE
    return reader.attribute(condition.ref) if near else None


def follows_column(reader: Reader, bound: Bound) -> bool:
    """Yaşı 50'nin üzerinde olan kadınlar: their age, and no number of women."""
    behind = reader.beside(bound.position, -1)[1]
    return behind is not None and behind.is_open and behind.has("column")
