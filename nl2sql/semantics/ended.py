"""When projects began and ended, said by a noun or by a participle: the completion date of one, those completed before 2015."""

from __future__ import annotations

from nl2sql.semantics.facts import PEOPLE, PROJECT
from nl2sql.semantics.pieces import Line

_FIRST_YEAR = 1900


def read_ends(line: Line) -> None:
    """Give such words the readings of the events that they tell."""
    for number, piece in enumerate(line.pieces):
        if piece.has("date", "start", "end", "complete"):
            _read_date_of_project(line, number)
        if piece.has("event", "complete"):
            _read_completed(line, number)


def _read_date_of_project(line: Line, number: int) -> None:
    """The completion date of Istanbul Airport: when it was completed."""
    piece, before = line.pieces[number], line.beside(number, -1)[1]
    place = line.beside(number, -1)[0]
    first = before is None or (before.has("ask", "what", "list", "when") and line.beside(place, -1)[1] is None)
    values = [attribute for one in line.pieces for attribute, _ in one.values if one is not piece]
    after = [one for one in line.pieces[number + 1 :] if not (one.is_filler or one.has("ask", "what", "list"))]
    if (first or not after) and values == [PROJECT] and not any(one.has("subject", PEOPLE) for one in line.pieces):
        piece.readings = {"ask": ("when",), "event": (piece.key("date") or "",)}


def _read_completed(line: Line, number: int) -> None:
    """Projects completed before 2015: when they ended, and no status."""
    piece, after = line.pieces[number], line.pieces[number + 1 : number + 4]
    timed = bool(after) and (after[0].has("time") or after[0].has("range"))
    dated = any(one.number is not None or one.has("calendar") or one.has("relative") for one in after[1:])
    behind, noun = line.pieces[max(number - 2, 0) : number], line.beside(number, 1)[1]
    turkish = (
        noun is not None and noun.has("subject", PROJECT) and any((one.number or 0) >= _FIRST_YEAR for one in behind)
    )
    status = any(attribute == "project_status" for attribute, _ in piece.values)
    told = timed and dated and any(one.has("subject", PROJECT) for one in line.pieces[:number])
    if status and (told or turkish):
        piece.values, piece.readings = (), {"event": ("end",)}
