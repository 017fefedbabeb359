"""Leave, trainings and contracts of people who have left, or of those who are still here."""

from __future__ import annotations

from nl2sql.plan import OneOf, Ref
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, TRAINING, Facts
from nl2sql.semantics.reader import Reader

_STATUS = Ref("employees", "status")
_AWAY = ("уш", "уход", "уйт", "ayrıl")
"""How verbs of leaving begin that are said of leave and of time, too."""
_LEAVERS = ("ушедш", "ayrılanlar", "ayrılmış", "ayrılıp")


def find_whose(reader: Reader, facts: Facts) -> None:
    """Tell the rows of people who left, or who did not, if the rows asked for are not people."""
    if reader.subject not in (LEAVE, TRAINING, CONTRACT):
        return
    reader.use(*(n for n, key in facts.events.items() if key == "left" and _is_said_of_leave(reader, n)))
    left = [number for number, key in facts.events.items() if key == "left" and _is_said_of_people(reader, number)]
    if left:
        facts.where.append((left[0], OneOf(_STATUS, ("left",))))
        reader.use(*left)
    elif current := [n for n, piece in enumerate(reader.pieces) if piece.has("current")]:
        facts.where.append((current[0], OneOf(_STATUS, ("left",), negated=True)))


def _is_said_of_people(reader: Reader, number: int) -> bool:
    piece = reader.pieces[number]
    said = piece.text.lower()
    if _is_said_of_leave(reader, number):
        return False
    if not said.startswith(_AWAY) or said.startswith(_LEAVERS):
        return True
    beside = reader.beside(number, 1)[1]
    return beside is not None and beside.has("subject", PEOPLE)


def _is_said_of_leave(reader: Reader, number: int) -> bool:
    """İzne ayrılanlar, ушли в отпуск: they left for a while."""
    away = reader.beside(number, -1 if reader.language == "tr" else 1)[1]
    said = reader.pieces[number].text.lower()
    return said.startswith(_AWAY) and reader.subject == LEAVE and away is not None and away.has("subject", LEAVE)
