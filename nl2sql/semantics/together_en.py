"""English words that say another thing together than alone; those of all languages are `together`.

A figure is named once by its verb and once by its noun, what is asked for by a clause instead of a noun, and an age
by what has not been reached yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, QUALITIES, TRAINING
from nl2sql.semantics.pieces import Line, Piece

_MONEY: Final = ("payroll", "salary")
_VERBS: Final = ("cost", "pay", "paid", "spend", "spent", "go to", "goes to", "do we pay", "we pay", "do we spend")
_INTO: Final = ("in", "on", "for")
_LISTING: Final = re.compile(
    r"(?:[,:;]|\band|\bwith|\bshow|\bgive|\blist|\bincluding)\s*(?:also|me|us)?\s*$", re.IGNORECASE
)
_SPLIT: Final = ("split", "distribut", "spread", "divid", "broken down")
_OF_OTHERS: Final = ("leave_type", "course", "project")
_AGES: Final = (14, 100)
_AT_MOST: Final = {"at most": "max", "at least": "min", "at the most": "max", "at the least": "min"}


def read_together_in_english(pieces: list[Piece], text: str) -> None:
    """Give such words the readings that they have together."""
    _part_none(pieces)
    line = Line(pieces, text)
    for number, piece in enumerate(pieces):
        for is_so, read in _RULES:
            if is_so(piece):
                read(line, number)


def _pass_over(piece: Piece) -> None:
    piece.readings = {"filler": ("filler",)}


def _read_share(line: Line, number: int) -> None:
    """How much of the payroll, in percent: its share."""
    piece, after = line.pieces[number], line.pieces[number + 1 : number + 2]
    of = piece.text.lower().endswith(" of") or (bool(after) and after[0].text.lower() == "of")
    if of and any(other.has("ask", "share") for other in line.pieces[number + 1 :]):
        _pass_over(piece)


def _read_clause_of_list(line: Line, number: int) -> None:
    """Name, city, when they started: a date in a list, and no pay of that time."""
    piece = line.pieces[number]
    paid = any(other.has("column", *_MONEY, "raise") for other in line.pieces)
    if paid or not piece.text.lower().startswith("when ") or not _LISTING.search(line.text[: piece.start]):
        return
    projects = any(other.has("subject", PROJECT) for other in line.pieces)
    people = any(other.has("subject", PEOPLE) for other in line.pieces)
    piece.readings = {"date": ("start" if projects and not people else "hire",)}


def _read_pay_twice(line: Line, number: int) -> None:
    """Pay 70,000 dollars a month in salaries: the verb and the noun are of one figure."""
    noun, before = line.pieces[number], line.pieces[number - 1].text.lower() if number else ""
    if not (before in _INTO or noun.text.lower().startswith(tuple(f"{word} " for word in _INTO))):
        return
    for piece in line.pieces[:number]:
        if piece.has("column", *_MONEY) and piece.text.lower().startswith(_VERBS):
            _pass_over(piece)
            noun.readings = {"column": ("payroll",)}


def _read_pay_then(line: Line, number: int) -> None:
    """What people earned when they were hired: what they began with."""
    compares = any(piece.has(kind) for piece in line.pieces for kind in ("compare", "comparative", "compare_after"))
    if compares or any(piece.has("ask", "share", "difference") for piece in line.pieces):
        return
    for piece in line.pieces[:number]:
        if piece.has("column", "salary"):
            _pass_over(piece)


def _read_passed(line: Line, number: int) -> None:
    """Has passed Fire Safety: a course, and no day that is past."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    course = after is not None and any(attribute == "course" for attribute, _ in after.values)
    if course and piece.text.lower().endswith("passed"):
        piece.readings = {"event": ("complete",)}


def _read_at_most(line: Line, number: int) -> None:
    """What they get on average and at most: the highest, where no number follows."""
    piece, before, after = line.pieces[number], line.beside(number, -1)[1], line.beside(number, 1)[1]
    joint = before is not None and before.has("conjunction", "and")
    if joint and (after is None or after.number is None) and any(one.has("agg", "avg") for one in line.pieces):
        piece.readings = {"agg": (_AT_MOST[piece.text.lower()],)}


def _read_breakdown(line: Line, number: int) -> None:
    """Gender breakdown of each department: by gender as well; how they are distributed asks nothing else."""
    piece = line.pieces[number]
    before = line.pieces[number - 1] if number else None
    others = any(one.has("dim") and one is not before for one in line.pieces)
    if before is not None and before.has("dim") and not before.values and others:
        piece.readings = {"group": ("after",)}
    for one in line.pieces[:number]:
        if one.text.lower() == "how":
            _pass_over(one)


def _read_turned(line: Line, number: int) -> None:
    """Have not turned 40 yet, have already turned 50: an age, where no period is told."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    before = line.beside(number, -1)[1]
    if after is None or after.number is None or not _AGES[0] <= after.number <= _AGES[1]:
        return
    if any(one.has("calendar") or (one.number is not None and one is not after) for one in line.pieces):
        return
    if before is not None and before.has("negation"):
        _pass_over(before)
        piece.readings = {"compare": ("lt:age",)}
    elif "have " in line.text[: piece.start].lower() or "already" in line.text.lower():
        piece.readings = {"compare": ("ge:age",)}


def _read_age_at_hire(line: Line, number: int) -> None:
    """Joined us at the age of 40 or above: how old they were then."""
    aged = re.match(
        r"\s*(?:us\s*)?(?:when\s+)?(?:at\s+(?:the\s+)?age|aged)\b", line.text[line.pieces[number].end :], re.IGNORECASE
    )
    if aged is not None:
        line.pieces[number].readings = {"column": ("first_salary",)}


def _read_completed_courses(line: Line, number: int) -> None:
    """A count of completed courses: they are counted, and not those who completed them."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("ask", "count"):
        line.pieces[number].readings = {"subject": (TRAINING,)}


def _read_lack(line: Line, number: int) -> None:
    """Lack both courses: they have neither."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("negation") and before.text.lower().startswith("lack"):
        _pass_over(line.pieces[number])


def _read_started(line: Line, number: int) -> None:
    """Who started in 2020: was hired, where nothing else is spoken of that begins."""
    others = any(piece.has("subject", LEAVE, TRAINING, CONTRACT, PROJECT, "raise") for piece in line.pieces)
    others |= any(attribute in _OF_OTHERS for piece in line.pieces for attribute, _ in piece.values)
    people = any(piece.has("subject", PEOPLE) or piece.has("ask", "who") for piece in line.pieces[:number])
    if people and not others:
        line.pieces[number].readings = {"event": ("hire",)}


def _read_earner(line: Line, number: int) -> None:
    """The top earner of each project: a person."""
    piece = line.pieces[number]
    piece.readings = {**piece.readings, "subject": (PEOPLE,)}


def _read_how_split(line: Line, number: int) -> None:
    """How are our employees split by contract type: so many of each."""
    if any(piece.text.lower().startswith(_SPLIT) for piece in line.pieces[number + 1 :]):
        _pass_over(line.pieces[number])


def _read_how_much_leave(line: Line, number: int) -> None:
    """How much leave was taken: how many days, unless it is said what is measured."""
    after = line.beside(number, 1)[1]
    leave = after is not None and (after.has("subject", LEAVE) or any(one == "leave_type" for one, _ in after.values))
    if leave and not any(piece.has("column", "days") for piece in line.pieces):
        line.pieces[number].readings = {"column": ("days",)}


def _read_former(line: Line, number: int) -> None:
    """Former employees of Finance, who left Finance: those people, if nothing is asked of them before."""
    place, before = line.beside(number, -1)
    listed = before is not None and before.has("ask", "list") and line.beside(place, -1)[1] is None
    piece = line.pieces[number]
    if (before is None or listed) and (" " in piece.text or piece.text.lower().startswith("leaver")):
        piece.readings = {**piece.readings, "subject": (PEOPLE,)}


def _read_everyone(line: Line, number: int) -> None:
    """Give me a list of everyone in Legal: of the people there."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("ask", "list"):
        line.pieces[number].readings = {"subject": (PEOPLE,)}


def _part_none(pieces: list[Piece]) -> None:
    """A course in 2024 and none in 2025: not in that year, which is another one of the same."""
    for piece in tuple(pieces):
        number = pieces.index(piece)
        after = pieces[number + 1 : number + 3]
        dated = len(after) > 1 and (after[1].number is not None or after[1].has("calendar"))
        if piece.text.lower() in ("and none", "but none") and dated and after[0].has("time", "during"):
            joint = replace(piece, text=piece.text[:3], end=piece.start + 3, readings={"conjunction": ("and",)})
            piece.text, piece.start, piece.readings = piece.text[4:], piece.start + 4, {"negation": ("not",)}
            pieces.insert(number, joint)


def _read_get(line: Line, number: int) -> None:
    """How much welders get on average: their pay."""
    asks = any(piece.text.lower() == "how much" for piece in line.pieces[:number])
    others = any(piece.has("column") or piece.has("subject", LEAVE, TRAINING) for piece in line.pieces)
    if asks and not others and any(piece.has("agg") for piece in line.pieces):
        line.pieces[number].readings = {"column": ("salary",)}


def _read_since_hired(line: Line, number: int) -> None:
    """Pay that has grown by 20 percent since they were hired: against what they began with."""
    pay = any(piece.has("column", "salary", "raise") for piece in line.pieces)
    since = [piece for piece in line.pieces[max(number - 3, 0) : number] if piece.text.lower() == "since"]
    if pay and since and any(piece.has("ask", "growth") or piece.has("column", "raise") for piece in line.pieces):
        line.pieces[number].readings = {"column": ("first_salary",)}
        _pass_over(since[0])


def _read_spend_on(line: Line, number: int) -> None:
    """How much we spend on lawyers: their pay."""
    place, after = line.beside(number, 1)
    if after is not None and after.text.lower() == "on":
        after = line.beside(place, 1)[1]
    named = after is not None and any(attribute in QUALITIES for attribute, _ in after.values)
    asks = any(piece.text.lower() == "how much" for piece in line.pieces[:number])
    if asks and (named or (after is not None and after.has("subject", PEOPLE))):
        line.pieces[number].readings = {"column": ("payroll",)}


def _read_earners(line: Line, number: int) -> None:
    """The bottom five earners: people, by their pay."""
    near = line.pieces[max(number - 2, 0) : number]
    ranks = [piece for piece in near if piece.has("rank", "max", "min")]
    if ranks and any(piece.number is not None for piece in near):
        ranks[0].readings = {"rank": (f"{ranks[0].key('rank')}:salary",)}
        line.pieces[number].readings = {"subject": (PEOPLE,)}


def _read_half(line: Line, number: int) -> None:
    """Half a billion: a number, and no part of anything."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    if after is not None and after.has("multiplier"):
        piece.number, piece.readings = Decimal("0.5"), {"number": ("0.5",)}


def _read_what(line: Line, number: int) -> None:
    """In what year, what city: which."""
    piece, after = line.pieces[number], line.pieces[number + 1 : number + 2]
    if after and after[0].has("dim") and not after[0].values:
        piece.readings = {"ask": ("which",)}


def _read_one_month(line: Line, number: int) -> None:
    """The wage bill for one month: what it is anyway."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    if after is not None and after.has("unit", "month") and any(one.has("column", *_MONEY) for one in line.pieces):
        piece.number = None
        _pass_over(piece)


_Rule = tuple[Callable[[Piece], bool], Callable[[Line, int], None]]
_RULES: Final[tuple[_Rule, ...]] = (
    (lambda piece: piece.text.lower().startswith("how much"), _read_share),
    (lambda piece: piece.has("column", "first_salary"), _read_clause_of_list),
    (
        lambda piece: piece.has("column", "first_salary") and piece.text.lower().startswith(("when", "at ", "on ")),
        _read_pay_then,
    ),
    (lambda piece: piece.has("column", *_MONEY), _read_pay_twice),
    (lambda piece: piece.has("tense", "past"), _read_passed),
    (lambda piece: piece.text.lower() in _AT_MOST, _read_at_most),
    (lambda piece: piece.has("ask", "distribution"), _read_breakdown),
    (lambda piece: piece.has("turn", "age"), _read_turned),
    (lambda piece: piece.has("event", "hire"), _read_age_at_hire),
    (lambda piece: piece.has("both"), _read_lack),
    (lambda piece: piece.text.lower() == "earners", _read_earners),
    (lambda piece: piece.text.lower() in ("get", "gets"), _read_get),
    (lambda piece: piece.has("event", "hire"), _read_since_hired),
    (lambda piece: piece.text.lower() in ("spend", "spend on", "spent on"), _read_spend_on),
    (lambda piece: piece.text.lower() == "how much", _read_how_much_leave),
    (lambda piece: piece.has("event", "left"), _read_former),
    (lambda piece: piece.text.lower() in ("of everyone", "of everybody"), _read_everyone),
    (lambda piece: piece.text.lower() in ("started", "starting", "began"), _read_started),
    (
        lambda piece: piece.has("rank", "max:salary", "min:salary") and piece.text.lower().endswith("earner"),
        _read_earner,
    ),
    (lambda piece: piece.text.lower() == "how", _read_how_split),
    (lambda piece: piece.text.lower() in ("half", "half a"), _read_half),
    (lambda piece: piece.text.lower() in ("what", "in what", "on what"), _read_what),
    (lambda piece: piece.text.lower() == "one", _read_one_month),
    (lambda piece: piece.text.lower() == "completed courses", _read_completed_courses),
)
