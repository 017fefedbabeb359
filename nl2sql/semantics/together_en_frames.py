"""English frames: words that stand apart and say one thing.

These are rules of `together_en`, which applies them one by one: break the staff down by city, the Kazan Arena job,
annual leave that year. What is said once more after the question is `together_en_again`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, TRAINING
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.together_en_people import Rule, pass_over

_YEARS: Final = (1900, 2100)
_OLDER: Final = re.compile(r"(?:by )?how (?:much|many years) (?:older|younger)", re.IGNORECASE)
_JOBS: Final = frozenset({"job", "jobs", "works", "scheme", "build", "contract"})
_PARTICLES: Final = {"break": "down", "split": "up", "divide": "up", "bring": "up", "cut": "up", "slice": "up"}
_AS: Final = "as"
_MONEY: Final = ("payroll", "salary")
_LEAST_PAY: Final = 300
_MONTHS: Final = 12
_SPLIT_BY: Final = ("split by", "breakdown by", "distribution by", "broken down by", "split across")
_DECADES: Final = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_AGES: Final = (20, 70)


def insert_unsaid(pieces: list[Piece], text: str) -> None:
    """Put in what a word says besides: how much older asks for a difference and says of what."""
    for piece in tuple(pieces):
        if _OLDER.fullmatch(piece.text) and piece.has("ask", "difference"):
            place = pieces.index(piece) + 1
            pieces.insert(place, replace(piece, start=piece.end, readings={"column": ("age",)}))
        elif piece.has("group", "before") and piece.text.lower() in _SPLIT_BY:
            _read_split_by(pieces, pieces.index(piece))
        elif piece.text.lower() in _DECADES or (piece.number is not None and piece.number % 10 == 0):
            _read_decade_of_age(pieces, pieces.index(piece), text)
        elif piece.text.lower() == "which":
            _read_of_all(pieces, pieces.index(piece), text)
        elif piece.text.lower() in ("years old", "year old"):
            _read_years_old(pieces, pieces.index(piece))


def _read_years_old(pieces: list[Piece], place: int) -> None:
    """Whose latest training is more than two years old: so long ago, and nobody's age."""
    numbers = [n for n in range(max(place - 2, 0), place) if pieces[n].number is not None]
    before = pieces[: numbers[0]] if numbers else []
    nouns = [one for one in before if one.has("subject") or one.values or one.has("ask", "who")]
    training = bool(nouns) and (
        nouns[-1].has("subject", TRAINING) or any(attribute == "course" for attribute, _ in nouns[-1].values)
    )
    if training:
        pieces[place].readings = {"unit": ("year",)}
        pieces.insert(place + 1, replace(pieces[place], start=pieces[place].end, readings={"time": ("ago",)}))


def _read_of_all(pieces: list[Piece], place: int, text: str) -> None:
    """Of all the cities, which has the most engineers: which city."""
    piece, before = pieces[place], pieces[:place]
    dims = [one for one in before if not one.is_filler]
    after = pieces[place + 1 : place + 2]
    parted = bool(before) and text[before[-1].end : piece.start].strip() == ","
    if len(dims) != 1 or not dims[0].has("dim") or dims[0].values or not parted or not after:
        return
    if after[0].has("dim") or after[0].has("subject") or after[0].values:
        return
    which = replace(piece, start=dims[0].start, end=dims[0].start)
    pass_over(piece)
    pieces.insert(pieces.index(dims[0]), which)


def _read_split_by(pieces: list[Piece], place: int) -> None:
    """Gender split by level: by gender as well."""
    before = pieces[place - 1] if place else None
    if before is not None and before.has("dim") and not before.values:
        pieces.insert(place, replace(before, start=before.end, readings={"group": ("after",)}))


def _read_decade_of_age(pieces: list[Piece], place: int, text: str) -> None:
    """People in their fifties, in their 50s: aged 50 to 59."""
    piece = pieces[place]
    plural = piece.text.lower() in _DECADES or text[piece.end : piece.end + 2].lstrip("'’").startswith("s")
    before = pieces[place - 1].text.lower() if place else ""
    low = _DECADES.get(piece.text.lower(), piece.number)
    if before not in ("their", "his", "her") or not plural or low is None or not _AGES[0] <= low <= _AGES[1]:
        return
    if place > 1 and pieces[place - 2].text.lower() == "in":
        pass_over(pieces[place - 2])
    between = replace(piece, text="between", end=piece.start, readings={"range": ("between",)}, values=(), number=None)
    first = replace(between, text=str(low), readings={"number": (str(low),)}, number=Decimal(low))
    last = replace(first, text=str(low + 9), readings={"number": (str(low + 9),)}, number=Decimal(low) + 9)
    joint = replace(between, text="and", start=piece.end, end=piece.end, readings={"conjunction": ("and",)})
    age = replace(joint, text="years old", readings={"column": ("age",), "unit": ("year",)})
    pieces[place : place + 1] = [between, first, joint, last, age]


def _read_order_first(line: Line, number: int) -> None:
    """Order the cities by headcount, group the staff by city: verbs."""
    if number == 0 and any(one.has("group") for one in line.pieces[1:]):
        grouped = line.pieces[0].text.lower().startswith("group")
        line.pieces[0].readings = {"filler": ("filler",)} if grouped else {"order": ("sorted",)}


def _read_anyone(line: Line, number: int) -> None:
    """The longest leave that anyone has taken: of all."""
    after = line.pieces[number + 1 : number + 2]
    if any(one.has("rank") for one in line.pieces[:number]) and not line.pieces[number].has("exist"):
        pass_over(line.pieces[number])
        if after and after[0].has("event", "complete"):
            after[0].readings = {"work": ("take",)}


def _read_how_long_away(line: Line, number: int) -> None:
    """How long people stay on sick leave: how many days of it."""
    away = [one for one in line.pieces[number:] if one.text.lower() in ("stay", "stays", "be")]
    leave = any(key == "leave_type" for one in line.pieces for key, _ in one.values)
    if away and (leave or any(one.has("subject", LEAVE) for one in line.pieces)):
        line.pieces[number].readings = {"column": ("days",)}
        for one in line.pieces[number : line.pieces.index(away[0])]:
            if one.has("subject", PEOPLE) and not one.values:
                pass_over(one)


def _read_particle(line: Line, number: int) -> None:
    """Break the staff down by city: the particle stands apart."""
    piece = line.pieces[number]
    said = _PARTICLES[piece.text.lower()]
    apart = [other for other in line.pieces[number + 1 :] if other.text.lower() in (said, "down")]
    if apart and any(other.has("group") for other in line.pieces[number + 1 :]):
        pass_over(piece)
        pass_over(apart[0])


def _read_job(line: Line, number: int) -> None:
    """The Kazan Arena job: that project."""
    before = line.beside(number, -1)[1]
    if before is not None and any(attribute == PROJECT for attribute, _ in before.values):
        pass_over(line.pieces[number])


def _read_that_year(line: Line, number: int) -> None:
    """Sick leave in 2025 and a course that year: in the year that was named."""
    piece = line.pieces[number]
    before = [one.text.lower() for one in line.pieces[max(number - 2, 0) : number]]
    if before[-1:] != ["that"] and before[-1:] != ["same"] and before[-1:] != ["the same"]:
        return
    if any(one.has("turn") for one in line.pieces[:number]):
        return  # who turns 50 that year
    years = {one.number for one in line.pieces[:number] if one.number and _YEARS[0] < one.number < _YEARS[1]}
    if len(years) == 1 and not any(one.has("calendar") for one in line.pieces[:number]):
        piece.number, piece.readings = years.pop(), {}
        pass_over(line.pieces[number - 1])


def _read_how_compare(line: Line, number: int) -> None:
    """How does pay compare across levels: the pay of each of them."""
    for place in range(number + 1, len(line.pieces) - 1):
        piece, after = line.pieces[place], line.pieces[place + 1]
        if piece.text.lower() not in ("compare", "differ", "vary", "look", "break down"):
            continue
        ahead = line.beside(place + 1, 1)[1] if after.text.lower() in ("across", "between", "by") else None
        ahead = line.beside(place, 1)[1] if after.has("group") else ahead
        if ahead is None or not (ahead.has("dim") or ahead.has("group")) or ahead.values:
            continue
        pass_over(line.pieces[number])
        pass_over(piece)
        if not after.has("group"):
            after.readings = {"group": ("before",)}


def _read_project_cost(line: Line, number: int) -> None:
    """What each project costs us in wages: the payroll of each, and no budget."""
    after = line.pieces[number + 1 : number + 2]
    wages = [one for one in line.pieces[number:] if one.has("column", *_MONEY)]
    if after and after[0].text.lower() == "us" and len(wages) == 1:
        line.pieces[number].readings = {"subject": (PROJECT,)}
        wages[0].readings = {"column": ("payroll",)}


def _read_listed(line: Line, number: int) -> None:
    """People who are listed on a project: they are there, and no list is asked for."""
    if number and line.beside(number, -1)[1] is not None:
        pass_over(line.pieces[number])


def _read_get_above(line: Line, number: int) -> None:
    """People who get above 2,500 a month: their pay."""
    place, after = line.beside(number, 1)
    amount = line.beside(place, 1)[1] if after is not None and after.has("compare") else None
    if amount is None or amount.number is None or amount.number < _LEAST_PAY:
        return
    if not any(one.has("column") for one in line.pieces):
        line.pieces[number].readings = {"column": ("salary",)}


def _read_as_many(line: Line, number: int) -> None:
    """As many women as men: equal numbers of both."""
    before, after = line.pieces[number - 1 : number], line.pieces[number + 1 :]
    seconds = [one for one in after[:6] if one.text.lower() == _AS]
    if not before or before[0].text.lower() != _AS or not seconds:
        return
    sides = [one for one in (*after[: after.index(seconds[0])], *after[after.index(seconds[0]) :][:4]) if one.values]
    if len(sides) < 2 or len({one.values[0][0] for one in sides[:2]}) != 1:  # noqa: PLR2004
        return
    line.pieces[number].readings = {"comparative": ("eq",)}
    for one in line.pieces[max(number - 2, 0) : number]:
        if one.has("compare", "eq") or one is before[0]:
            pass_over(one)


def _read_veterans(line: Line, number: int) -> None:
    """Veterans with 20 years of service or more: people, as the number says how long."""
    after = line.pieces[number + 1 : number + 5]
    if any(one.number is not None for one in after) and not any(one.number is not None for one in line.pieces[:number]):
        line.pieces[number].readings = {"subject": (PEOPLE,)}


def _read_year_of_pay(line: Line, number: int) -> None:
    """Twelve months of salaries: the pay of a year."""
    unit, after = line.pieces[number + 1 : number + 2], line.pieces[number + 2 : number + 4]
    pay = [one for one in after if one.has("column", *_MONEY)]
    if unit and unit[0].has("unit", "month") and pay and after[0].text.lower() in ("of", pay[0].text.lower()):
        line.pieces[number].number = None
        pass_over(line.pieces[number])
        pass_over(unit[0])
        pay[0].readings = {"column": ("payroll",), "yearly": ("payroll",)}


def _read_name_the(line: Line, number: int) -> None:
    """For every department, name the top earner: a verb."""
    after = line.pieces[number + 1 : number + 2]
    if after and after[0].text.lower() in ("the", "all", "every", "each", "those", "any"):
        line.pieces[number].readings = {"ask": ("list",)}


def _read_our_own(line: Line, number: int) -> None:
    """Our own department: ours, and not that of each."""
    if number and line.pieces[number - 1].text.lower() == "our":
        line.pieces[number].text = "our"


RULES_OF_FRAMES: Final[tuple[Rule, ...]] = (
    (lambda piece: piece.text.lower() in _PARTICLES, _read_particle),
    (lambda piece: piece.text.lower() in _JOBS, _read_job),
    (lambda piece: piece.text.lower() == "year", _read_that_year),
    (lambda piece: piece.text.lower() == "how", _read_how_compare),
    (lambda piece: piece.text.lower() in ("project cost", "project costs"), _read_project_cost),
    (lambda piece: piece.text.lower() == "listed", _read_listed),
    (lambda piece: piece.text.lower() in ("get", "gets"), _read_get_above),
    (lambda piece: piece.text.lower() == "many", _read_as_many),
    (lambda piece: piece.text.lower() in ("veteran", "veterans"), _read_veterans),
    (lambda piece: piece.text.lower() == "own", _read_our_own),
    (lambda piece: piece.number == _MONTHS and not piece.has("calendar"), _read_year_of_pay),
    (lambda piece: piece.text.lower() == "name", _read_name_the),
    (lambda piece: piece.text.lower() == "how long", _read_how_long_away),
    (lambda piece: piece.text.lower() in ("order", "group"), _read_order_first),
    (lambda piece: piece.text.lower() in ("anyone", "anybody"), _read_anyone),
)
