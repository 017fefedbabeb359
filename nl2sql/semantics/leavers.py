"""Those who left: that they are meant as well, that a department lost them, that somebody only left for a while."""

from __future__ import annotations

import re

from nl2sql.semantics.facts import LEAVE, PEOPLE, TRAINING
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Reader

_COUNTED = ("sayarsak", "sayarsanız", "sayınca", "sayıldığında", "katarsak", "katınca")
WITH = frozenset({"including", "incl", "inclusive of", "включая", "dahil", "dâhil", *_COUNTED})
_LOST = ("lost", "kaybe", "потеря")
_AWAY = ("уш", "уход", "уйт", "ayrıl", "çık")
"""How verbs of leaving begin that are said of leave, too."""
_EVER = re.compile(
    r"\bever (been )?(work|employ)\w*|\b(bugüne|şimdiye) (kadar|dek)\b.* çalış(mış|tı)\w*|"
    r"\b(когда[- ]либо|за вс[её] время|за всю историю)\b.*работал\w*|работал\w*.*\b(когда[- ]либо|за вс[её] время)\b",
    re.IGNORECASE,
)


def find_leavers(reader: Reader) -> None:
    """Tell events of leaving from other words, and those who are meant with the others from those who are meant alone."""
    _read_leaving(reader)
    _read_lost(reader)
    _read_everybody_ever(reader)


def _read_leaving(reader: Reader) -> None:
    """Ушли в отпуск, izne ayrılan: they left for a while."""
    step = -1 if reader.language == "tr" else 1
    for number in reader.open("event", "left"):
        place = number + step
        while 0 <= place < len(reader.pieces) and reader.pieces[place].has("filler"):
            place += step
        beside = reader.pieces[place] if 0 <= place < len(reader.pieces) else None
        of_leave = beside is not None and (
            beside.has("subject", LEAVE) or any(attribute == "leave_type" for attribute, _ in beside.values)
        )
        if of_leave and reader.pieces[number].text.lower().startswith(_AWAY):
            reader.pieces[number].readings = {"work": ("take",)}


def _read_lost(reader: Reader) -> None:
    """Which department lost the most people: they left, unlike days that are lost."""
    if reader.said("subject", LEAVE, TRAINING) or reader.said("column", "days", "hours") or not reader.names_people:
        return
    for number in reader.open("work", "take"):
        if reader.pieces[number].text.lower().startswith(_LOST):
            reader.pieces[number].readings = {"event": ("left",)}


def _read_everybody_ever(reader: Reader) -> None:
    """Including those who left, ayrılanlar dahil; who has ever worked here: also those who do not any more."""
    for number in reader.open("event", "left"):
        behind = number - 1
        while behind > 0 and reader.pieces[behind].text.lower() not in WITH and _says_whom(reader.pieces[behind]):
            behind -= 1
        place = behind if behind >= 0 and reader.pieces[behind].text.lower() in WITH else None
        if reader.language == "tr":
            behind, after = reader.beside(number, 1)
            place = behind if after is not None and after.text.lower() in WITH else None
        if place is not None:
            reader.use(number, place)
            reader.counts_leavers = True
            counts = reader.said("ask", "count", "count_after") and not reader.open("column")
            reader.use(*(reader.open("agg", "sum") if counts else ()))  # how many in all
    if _EVER.search(reader.text) and not reader.open("event"):
        reader.counts_leavers = True


def _says_whom(piece: Piece) -> bool:
    return piece.is_filler or piece.has("subject", PEOPLE)
