"""English words that say another thing together than alone; those of all languages are `together`.

A figure is named once by its verb and once by its noun, what is asked for by a clause instead of a noun, and an age
by what has not been reached yet.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from nl2sql.semantics.askers import pass_over_asker
from nl2sql.semantics.comparing import direction_of
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, QUALITIES, TRAINING
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.together_en_again import RULES_OF_REPETITION
from nl2sql.semantics.together_en_frames import RULES_OF_FRAMES, insert_unsaid
from nl2sql.semantics.together_en_people import RULES_OF_PEOPLE, Rule, pass_over

_MONEY: Final = ("payroll", "salary")
_VERBS: Final = ("cost", "pay", "paid", "spend", "spent", "go to", "goes to", "do we pay", "we pay", "do we spend")
_THINGS: Final = (TRAINING, PROJECT, CONTRACT)
_INTO: Final = ("in", "on", "for")
_SPLIT: Final = ("split", "distribut", "spread", "divid", "broken down")
_AT_MOST: Final = {"at most": "max", "at least": "min", "at the most": "max", "at the least": "min"}


def read_english(pieces: list[Piece], text: str) -> None:
    """Give such words the readings that they have together."""
    pass_over_asker(Line(pieces, text))
    _part_none(pieces)
    insert_unsaid(pieces, text)
    line = Line(pieces, text)
    for number, piece in enumerate(pieces):
        for is_so, read in (*RULES_OF_FRAMES, *RULES_OF_REPETITION, *_RULES, *RULES_OF_PEOPLE):
            if is_so(piece):
                read(line, number)


def _read_share(line: Line, number: int) -> None:
    """How much of the payroll, in percent: its share."""
    piece, after = line.pieces[number], line.pieces[number + 1 : number + 2]
    of = piece.text.lower().endswith(" of") or (bool(after) and after[0].text.lower() == "of")
    if of and any(other.has("ask", "share") for other in line.pieces[number + 1 :]):
        pass_over(piece)


def _read_pay_twice(line: Line, number: int) -> None:
    """Pay 70,000 dollars a month in salaries: the verb and the noun are of one figure."""
    noun, before = line.pieces[number], line.pieces[number - 1].text.lower() if number else ""
    if not (before in _INTO or noun.text.lower().startswith(tuple(f"{word} " for word in _INTO))):
        return
    for piece in line.pieces[:number]:
        if piece.has("column", *_MONEY) and piece.text.lower().startswith(_VERBS):
            pass_over(piece)
            noun.readings = {"column": ("payroll",)}


def _read_pay_then(line: Line, number: int) -> None:
    """What people earned when they were hired: what they began with."""
    compares = any(piece.has(kind) for piece in line.pieces for kind in ("compare", "comparative", "compare_after"))
    if compares or any(piece.has("ask", "share", "difference", "versus") for piece in line.pieces):
        return
    for piece in line.pieces[:number]:
        if piece.has("column", "salary"):
            pass_over(piece)


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
    sexes = [one for one in line.pieces[max(number - 3, 0) : number] if any(key == "gender" for key, _ in one.values)]
    if len(sexes) == 2:  # noqa: PLR2004 - the male/female split
        pass_over(sexes[0])
        sexes[1].readings = {"dim": ("gender",)}
        sexes[0].values = sexes[1].values = ()
    for one in line.pieces[:number]:
        if one.text.lower() == "how":
            pass_over(one)


def _read_how_split(line: Line, number: int) -> None:
    """How are our employees split by contract type: so many of each."""
    if any(piece.text.lower().startswith(_SPLIT) for piece in line.pieces[number + 1 :]):
        pass_over(line.pieces[number])


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


def _read_spend_on(line: Line, number: int) -> None:
    """How much we spend on lawyers: their pay."""
    place, after = line.beside(number, 1)
    if after is not None and after.text.lower() == "on":
        after = line.beside(place, 1)[1]
    named = after is not None and any(attribute in QUALITIES for attribute, _ in after.values)
    asks = any(piece.text.lower() == "how much" for piece in line.pieces[:number])
    if asks and (named or (after is not None and after.has("subject", PEOPLE))):
        line.pieces[number].readings = {"column": ("payroll",)}


def _read_grew(line: Line, number: int) -> None:
    """Whose salary grew by over $300 on 1 January: a raise, on one day."""
    piece, by = line.pieces[number], line.pieces[number + 1 : number + 2]
    pay = [one for one in line.pieces[:number] if one.has("column", "salary")]
    dated = any(one.has("calendar") for one in line.pieces[number:])
    since = any(one.has("time", "since") or one.has("column", "first_salary") for one in line.pieces)
    if (
        len(pay) == 1
        and by
        and by[0].text.lower() == "by"
        and dated
        and not since
        and direction_of(piece.text.lower()) == ">"
    ):
        pass_over(pay[0])
        pass_over(by[0])
        piece.readings = {"column": ("raise",)}


def _read_goes_to(line: Line, number: int) -> None:
    """How much money goes to salaries: the payroll."""
    after = line.beside(number, 1)[1]
    if after is not None and after.has("column", "salary"):
        pass_over(line.pieces[number])
        after.readings = {"column": ("payroll",)}


def _read_budget_twice(line: Line, number: int) -> None:
    """Projects that cost below 300 million dollars in budget."""
    before = line.pieces[number - 1].text.lower() if number else ""
    costs = [piece for piece in line.pieces[:number] if piece.text.lower().startswith("cost")]
    if before == "in" and costs:
        pass_over(costs[0])


def _read_divided(line: Line, number: int) -> None:
    """The average pay of one kind divided by that of the other."""
    after = line.pieces[number + 1 : number + 2]
    if after and after[0].has("agg"):
        line.pieces[number].readings = {"ask": ("ratio",)}


def _read_half(line: Line, number: int) -> None:
    """Half a billion: a number, and no part of anything."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    if after is not None and after.has("multiplier"):
        piece.number, piece.readings = Decimal("0.5"), {"number": ("0.5",)}


def _read_what(line: Line, number: int) -> None:
    """In what year, what city: which."""
    piece, after = line.pieces[number], line.pieces[number + 1 : number + 2]
    things = after and after[0].has("subject", *_THINGS) and after[0].text.lower().endswith("s")
    if after and (after[0].has("dim") or things) and not after[0].values:
        piece.readings = {"ask": ("which",)}


def _read_one_month(line: Line, number: int) -> None:
    """The wage bill for one month: what it is anyway."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    if after is not None and after.has("unit", "month") and any(one.has("column", *_MONEY) for one in line.pieces):
        piece.number = None
        pass_over(piece)


def _read_day_off(line: Line, number: int) -> None:
    """Never taken a day off sick: no leave, whatever its days."""
    before = line.pieces[:number]
    if any(piece.has("negation") for piece in before) and not any(piece.has("ask", "count") for piece in before):
        line.pieces[number].readings = {"subject": (LEAVE,)}


def _read_lose(line: Line, number: int) -> None:
    """Which department lost the most people: those who left."""
    away = any(piece.has("subject", LEAVE) for piece in line.pieces)
    away |= any(attribute == "leave_type" for piece in line.pieces for attribute, _ in piece.values)
    if not away and any(piece.has("subject", PEOPLE) for piece in line.pieces):
        line.pieces[number].readings = {"event": ("left",)}


def _read_share_a(line: Line, number: int) -> None:
    """Who share a birthday: no share of anything, and nothing that is known."""
    after = line.pieces[number + 1 : number + 2]
    if after and after[0].text.lower() in ("a", "an"):
        line.pieces[number].readings = {}


_RULES: Final[tuple[Rule, ...]] = (
    (lambda piece: piece.text.lower().startswith("how much"), _read_share),
    (
        lambda piece: piece.has("column", "first_salary") and piece.text.lower().startswith(("when", "at ", "on ")),
        _read_pay_then,
    ),
    (lambda piece: piece.has("column", *_MONEY), _read_pay_twice),
    (lambda piece: piece.text.lower() in _AT_MOST, _read_at_most),
    (lambda piece: piece.has("ask", "distribution"), _read_breakdown),
    (lambda piece: piece.has("ask", "growth"), _read_grew),
    (lambda piece: piece.text.lower() in ("go to", "goes to"), _read_goes_to),
    (lambda piece: piece.has("column", "budget"), _read_budget_twice),
    (lambda piece: piece.text.lower() == "divided by", _read_divided),
    (lambda piece: piece.text.lower() in ("get", "gets"), _read_get),
    (lambda piece: piece.text.lower() in ("spend", "spend on", "spent on"), _read_spend_on),
    (lambda piece: piece.text.lower() == "how", _read_how_split),
    (lambda piece: piece.text.lower() in ("half", "half a"), _read_half),
    (lambda piece: piece.text.lower() in ("what", "in what", "on what"), _read_what),
    (lambda piece: piece.text.lower() == "one", _read_one_month),
    (lambda piece: piece.text.lower() in ("day off", "days off"), _read_day_off),
    (lambda piece: piece.text.lower() in ("lose", "loses", "lost", "losing"), _read_lose),
    (lambda piece: piece.text.lower() == "share", _read_share_a),
)
