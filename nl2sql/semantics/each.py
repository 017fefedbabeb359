"""Figures of events beside people: welders with the days of leave that each of them took, with their courses.

Such a figure stands after the people; alone before or without them it is a total, which is no list.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from nl2sql.language import Language
from nl2sql.semantics.facts import LEAVE, PEOPLE, QUALITIES, TRAINING
from nl2sql.semantics.pieces import Line, Piece

_EACH = ("each", "every", "her", "birinin", "biri", "каждый", "каждого", "каждой", "каждому")
_OPENERS = {
    "en": re.compile(r"\b(?:with|and|plus|along with)\b|[:;,—–]", re.IGNORECASE),
    "tr": re.compile(r"\bve\b|\bher\b|[:;,—–]", re.IGNORECASE),
    "ru": re.compile(r"\b(?:с|со|и|а также|вместе)\b|[:;,—–]", re.IGNORECASE),
}
_INSTRUMENTAL = ("yle", "yla", "iyle", "ıyla", "leriyle", "larıyla", "süresiyle")
_AMOUNTS = {"days": LEAVE, "hours": TRAINING}


@dataclass(frozen=True)
class OfEach:
    """A figure of each person's rows."""

    subject: str
    column: str | None
    """What is summed; `None` counts rows."""
    pieces: tuple[int, ...]


def find_of_each(line: Line, language: Language, taken: Collection[int]) -> OfEach | None:
    """The figure at the end; its pieces are not used yet."""
    people = [n for n, piece in enumerate(line.pieces) if _is_people(piece)]
    found: list[int] = []
    number = len(line.pieces) - 1
    while number >= 0 and number not in people and (number in taken or _may_stand(line.pieces[number])):
        if number not in taken and _tells(line.pieces[number]):
            found.append(number)
        number -= 1
    found.reverse()
    found = _after_number(line, found)
    told = _told(line, found)
    heads = [n for n in people if found and n < found[0]]
    events = [n for n in range(found[0]) if n not in found and _is_event(line, n)] if found else []
    if told is None or not heads or any(not _is_unit(line, n) for n in events):
        return None  # every training with its person and hours
    gap = line.text[line.pieces[heads[-1]].end : line.pieces[found[0]].start]
    each = any(set(line.pieces[n].text.lower().split()) & set(_EACH) for n in found)
    opened = bool(_OPENERS[language].search(gap)) or each
    said = [line.pieces[n].text.lower() for n in found]
    opened |= language == "tr" and any(one.endswith(_INSTRUMENTAL) or one == "birlikte" for one in said)
    before = [
        piece
        for n, piece in enumerate(line.pieces[: heads[0]])
        if piece.has("ask", "count", "share", "much") or (piece.has("agg") and not _is_of_amount(line, n))
    ]
    if not opened or before:
        return None
    subject, column = told
    return OfEach(subject, column, tuple(found))


def _after_number(line: Line, found: list[int]) -> list[int]:
    """More than 30 hours of training, with the total hours: what a number is of is no figure that is shown."""
    units = [n for n in found if n and (line.pieces[n - 1].number is not None or n - 1 in _compared(line))]
    return [n for n in found if n > max(units)] if units else found


def _compared(line: Line) -> set[int]:
    """Words that compare a number before them: 25 saatten fazla."""
    return {n for n, piece in enumerate(line.pieces) if piece.has("compare_after")}


def _is_of_amount(line: Line, number: int) -> bool:
    """Toplam eğitim saati 40'ı aşan: a total that people are chosen by."""
    ahead = line.pieces[number + 1 : number + 2]
    told = bool(ahead) and (ahead[0].has("column", *_AMOUNTS) or ahead[0].number is not None)
    told |= bool(ahead) and line.pieces[number].has("agg", "sum") and ahead[0].has("subject", *_AMOUNTS.values())
    return line.pieces[number].has("agg", "sum") and told


def _told(line: Line, found: Collection[int]) -> tuple[str, str | None] | None:
    """Days, hours, or a number of courses or of leaves."""
    pieces = [line.pieces[n] for n in found]
    columns = {key for piece in pieces for key in piece.readings.get("column", ()) if key in _AMOUNTS}
    things = {key for piece in pieces for key in piece.readings.get("subject", ()) if key in _AMOUNTS.values()}
    things |= {TRAINING for piece in pieces if piece.has("dim", "course")}
    if len(columns) == 1:
        column = columns.pop()
        return (_AMOUNTS[column], column) if things <= {_AMOUNTS[column]} else None
    counts = any(piece.has("ask", "count", "count_after") for piece in pieces)
    return (things.pop(), None) if counts and not columns and len(things) == 1 else None


def _is_people(piece: Piece) -> bool:
    if not piece.is_open:
        return False
    named = bool(piece.values) and piece.values[0][0] in QUALITIES
    return named or piece.has("subject", PEOPLE) or (piece.has("ask", "who") and not piece.has("title"))


def _tells(piece: Piece) -> bool:
    """What is part of the figure; periods and kinds beside it are conditions."""
    if piece.has("event", "complete") and not (piece.values and piece.values[0][0] != "project_status"):
        return piece.is_open
    if piece.values or piece.number is not None or not piece.is_open:
        return False
    kinds = piece.has("column", *_AMOUNTS) or piece.has("agg", "sum") or piece.has("ask", "count", "count_after")
    return (
        kinds
        or piece.has("work", "take")
        or _is_each(piece)
        or piece.has("subject", LEAVE, TRAINING)
        or piece.has("dim", "course")
    )


def _may_stand(piece: Piece) -> bool:
    period = (
        piece.number is not None or piece.has("calendar") or piece.has("time", "during") or piece.has("dim", "year")
    )
    of_events = bool(piece.values) and piece.values[0][0] in ("leave_type", "course")
    if piece.values and not of_events and not _tells(piece):
        return False
    verb = piece.has("ask", "list") and not piece.has("title")
    joint = piece.is_filler or piece.has("conjunction", "and") or piece.has("filler")
    return _tells(piece) or period or of_events or verb or joint


def _is_each(piece: Piece) -> bool:
    return bool(set(piece.text.lower().split()) & set(_EACH)) and not piece.has("dim")


def _is_unit(line: Line, number: int) -> bool:
    """More than two trainings: what a number is of."""
    return number > 0 and line.pieces[number - 1].number is not None and not line.pieces[number].values


def _is_event(line: Line, number: int) -> bool:
    """Whether leaves or trainings are what is listed, and not what is more than a number: toplam izni 30 günü aşanlar."""
    piece, after = line.pieces[number], line.pieces[number + 1 : number + 2]
    if number and line.pieces[number - 1].has("agg", "sum") and after and after[0].number is not None:
        return False
    return piece.has("subject", LEAVE, TRAINING) or (
        bool(piece.values) and piece.values[0][0] in ("leave_type", "course")
    )
