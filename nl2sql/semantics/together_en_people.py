"""What English says of people and of what they did in other words: who started, top earners, former employees, days off.

These are rules of `together_en`, which applies them one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, TRAINING
from nl2sql.semantics.pieces import Line, Piece

Rule = tuple[Callable[[Piece], bool], Callable[[Line, int], None]]
"""Whether a piece may be meant, and what then changes readings."""
_NEED: Final = ("are missing", "is missing", "need", "needs", "require", "requires", "needing", "requiring")
_MONEY: Final = ("payroll", "salary")
_LISTING: Final = re.compile(
    r"(?:[,:;]|\band|\bwith|\bshow|\bgive|\blist|\bincluding)\s*(?:also|me|us)?\s*$", re.IGNORECASE
)
_AGES: Final = (14, 100)
_OF_OTHERS: Final = ("leave_type", "course", "project")


def pass_over(piece: Piece) -> None:
    """Take a piece for a word that says nothing."""
    piece.readings = {"filler": ("filler",)}


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


def _read_earners(line: Line, number: int) -> None:
    """The bottom five earners: people, by their pay."""
    near = line.pieces[max(number - 2, 0) : number]
    ranks = [piece for piece in near if piece.has("rank", "max", "min")]
    if ranks and any(piece.number is not None for piece in near):
        ranks[0].readings = {"rank": (f"{ranks[0].key('rank')}:salary",)}
        line.pieces[number].readings = {"subject": (PEOPLE,)}


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


def _read_age_at_hire(line: Line, number: int) -> None:
    """Joined us at the age of 40 or above: how old they were then."""
    aged = re.match(
        r"\s*(?:us\s*)?(?:when\s+)?(?:at\s+(?:the\s+)?age|aged)\b", line.text[line.pieces[number].end :], re.IGNORECASE
    )
    if aged is not None:
        line.pieces[number].readings = {"column": ("first_salary",)}


def _read_turned(line: Line, number: int) -> None:
    """Have not turned 40 yet, have already turned 50: an age, where no period is told."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    before = line.beside(number, -1)[1]
    if after is None or after.number is None or not _AGES[0] <= after.number <= _AGES[1]:
        return
    if any(one.has("calendar") or (one.number is not None and one is not after) for one in line.pieces):
        return
    if before is not None and before.has("negation"):
        pass_over(before)
        piece.readings = {"compare": ("lt:age",)}
    elif "have " in line.text[: piece.start].lower() or "already" in line.text.lower():
        piece.readings = {"compare": ("ge:age",)}


def _read_lack(line: Line, number: int) -> None:
    """Lack both courses: they have neither."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("negation") and before.text.lower().startswith("lack"):
        pass_over(line.pieces[number])


def _read_none_off(line: Line, number: int) -> None:
    """Took no days off: no leave."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("negation"):
        line.pieces[number].readings = {"subject": (LEAVE,)}


def _read_not_begun(line: Line, number: int) -> None:
    """Planned but not started yet: said twice."""
    planned = any(("project_status", "planned") in piece.values for piece in line.pieces)
    place, before = line.beside(number, -1)
    if planned and before is not None and before.has("negation"):
        for piece in line.pieces[max(place - 1, 0) : place + 1]:
            if piece.has("conjunction") or piece is before:
                pass_over(piece)
        pass_over(line.pieces[number])


def _read_how_much_leave(line: Line, number: int) -> None:
    """How much leave was taken: how many days, unless it is said what is measured."""
    after = line.beside(number, 1)[1]
    leave = after is not None and (after.has("subject", LEAVE) or any(one == "leave_type" for one, _ in after.values))
    remains = any(piece.has("event", "left") for piece in line.pieces)
    if leave and not remains and not any(piece.has("column", "days") for piece in line.pieces):
        line.pieces[number].readings = {"column": ("days",)}


def _read_passed(line: Line, number: int) -> None:
    """Has passed Fire Safety: a course, and no day that is past."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    course = after is not None and any(attribute == "course" for attribute, _ in after.values)
    if course and piece.text.lower().endswith("passed"):
        piece.readings = {"event": ("complete",)}


def _read_completed_courses(line: Line, number: int) -> None:
    """A count of completed courses: they are counted, and not those who completed them."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("ask", "count"):
        line.pieces[number].readings = {"subject": (TRAINING,)}


def _read_need(line: Line, number: int) -> None:
    """Who still needs Fire Safety: who has not done it."""
    before, after = line.pieces[number - 1] if number else None, line.beside(number, 1)[1]
    course = after is not None and (after.has("subject", TRAINING) or any(key == "course" for key, _ in after.values))
    if course and before is not None and before.text.lower() not in ("i", "we"):
        line.pieces[number].readings = {"negation": ("without",)}


def _read_not_yet(line: Line, number: int) -> None:
    """Not yet trained: never so far, where no age follows."""
    after = line.beside(number, 1)[1]
    if after is not None and (after.has("subject", TRAINING) or after.has("event", "complete")):
        line.pieces[number].readings = {"negation": ("never",)}


def _read_starting(line: Line, number: int) -> None:
    """Leave starting in August: then, and not since then."""
    before = line.beside(number, -1)[1]
    if before is not None and before.has("subject", LEAVE, CONTRACT, PROJECT, TRAINING):
        line.pieces[number].readings = {"event": ("start",)}


def _read_one(line: Line, number: int) -> None:
    """How long one leave lasts on average: any of them."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    before = line.beside(number, -1)[1]
    event = after is not None and after.has("subject", LEAVE, TRAINING) and not (before and before.has("compare"))
    if event and any(one.has("agg", "avg") for one in line.pieces):
        piece.number = None
        pass_over(piece)


def _read_since_hired(line: Line, number: int) -> None:
    """Pay that has grown by 20 percent since they were hired: against what they began with."""
    pay = any(piece.has("column", "salary", "raise") for piece in line.pieces)
    since = [piece for piece in line.pieces[max(number - 3, 0) : number] if piece.text.lower() == "since"]
    if pay and since and any(piece.has("ask", "growth") or piece.has("column", "raise") for piece in line.pieces):
        line.pieces[number].readings = {"column": ("first_salary",)}
        pass_over(since[0])


def _read_clause_of_list(line: Line, number: int) -> None:
    """Name, city, when they started: a date in a list, and no pay of that time."""
    piece = line.pieces[number]
    paid = any(other.has("column", *_MONEY, "raise") for other in line.pieces)
    if paid or not piece.text.lower().startswith("when ") or not _LISTING.search(line.text[: piece.start]):
        return
    projects = any(other.has("subject", PROJECT) for other in line.pieces)
    people = any(other.has("subject", PEOPLE) for other in line.pieces)
    piece.readings = {"date": ("start" if projects and not people else "hire",)}


RULES_OF_PEOPLE: Final[tuple[Rule, ...]] = (
    (lambda piece: piece.has("column", "first_salary"), _read_clause_of_list),
    (lambda piece: piece.has("tense", "past"), _read_passed),
    (lambda piece: piece.has("turn", "age"), _read_turned),
    (lambda piece: piece.has("event", "hire"), _read_age_at_hire),
    (lambda piece: piece.has("both"), _read_lack),
    (lambda piece: piece.text.lower() == "not yet", _read_not_yet),
    (lambda piece: piece.text.lower() in ("starting in", "beginning in", "starting on", "starting"), _read_starting),
    (lambda piece: piece.text.lower() in _NEED, _read_need),
    (lambda piece: piece.text.lower() == "one", _read_one),
    (lambda piece: piece.has("event", "start"), _read_not_begun),
    (lambda piece: piece.text.lower() in ("days off", "day off"), _read_none_off),
    (lambda piece: piece.text.lower() == "earners", _read_earners),
    (lambda piece: piece.has("event", "hire"), _read_since_hired),
    (lambda piece: piece.text.lower() == "how much", _read_how_much_leave),
    (lambda piece: piece.has("event", "left"), _read_former),
    (lambda piece: piece.text.lower() in ("of everyone", "of everybody"), _read_everyone),
    (lambda piece: piece.text.lower() in ("started", "starting", "began"), _read_started),
    (
        lambda piece: piece.has("rank", "max:salary", "min:salary") and piece.text.lower().endswith("earner"),
        _read_earner,
    ),
    (lambda piece: piece.text.lower() == "completed courses", _read_completed_courses),
)
