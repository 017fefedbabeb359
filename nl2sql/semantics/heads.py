"""The head of a list: the thing whose rows are asked for, first in English and Russian, last in Turkish."""

from __future__ import annotations

from collections.abc import Sequence

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import CONTRACT, CONTRACT_WORDS, LEAVE, PEOPLE, PROJECT, TRAINING
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

TABLES_OF_HEADS = {"position": "positions", "department": "departments", "city": "locations", "country": "locations"}
"""Things that are no subject of figures, but have rows."""
_POSSESSED = ("sözleşmesi", "kontratı")
_EVENTS = {"leave_type": LEAVE, "course": TRAINING}
_OF_PEOPLE = ("position", "level", "family", "gender", "status")


def find_head(reader: Reader, items: Sequence[int]) -> str:
    """What rows are of; its piece is used."""
    candidates = [(n, head) for n, piece in enumerate(reader.pieces) if (head := _head(reader, n, piece)) is not None]
    if not candidates and any(_is_of_project(reader.pieces[n]) for n in items):
        return PROJECT
    if not candidates and reader.names_people and reader.language == "tr":
        return PEOPLE  # doğum günü olanları tarihleriyle
    if not candidates:
        raise NotUnderstoodError("rows of what is not said")
    if reader.language == "tr":
        if len(candidates) > 1 and candidates[-1][0] + 1 in items and _is_parted(reader, candidates[-1][0]):
            candidates.pop()  # avukatlar, izin başlangıç tarihiyle
        number, head = candidates[-1]
        asks_who = any(reader.pieces[n].has("ask", "who") for n in items)
        if head == CONTRACT and asks_who and reader.pieces[number].text.lower().startswith(_POSSESSED):
            return PEOPLE  # sözleşmesi bitenler kimler
    else:
        number, head = candidates[0]
        if len(candidates) > 1 and candidates[1][0] == number + 1 and reader.pieces[number].values:
            number, head = candidates[1]  # fixed-term contracts, sick leaves, women employees
    others = [one for n, one in candidates if not (head == "position" and _is_of_position(reader, n))]
    if head in TABLES_OF_HEADS and any(one not in TABLES_OF_HEADS for one in others):
        raise NotUnderstoodError("rows of one thing with conditions of another")
    if not reader.pieces[number].has("event"):
        reader.use(number)
    return head


def _is_of_position(reader: Reader, number: int) -> bool:
    """A level, a family: positions have them as well as people."""
    return any(value.position == number and value.attribute in ("level", "family") for value in reader.values)


def _is_parted(reader: Reader, number: int) -> bool:
    return reader.text[: reader.pieces[number].start].rstrip().endswith(",")


def _head(reader: Reader, number: int, piece: Piece) -> str | None:
    named = next((value for value in reader.values if value.position == number), None)
    if named is not None:
        if named.attribute == "contract_type":
            return CONTRACT if any(word in piece.text.lower() for word in CONTRACT_WORDS) else PEOPLE
        return PEOPLE if named.attribute in (*_OF_PEOPLE, *NAMES) else _EVENTS.get(named.attribute)
    if _is_participle(piece, reader.language):
        return PEOPLE
    if not piece.is_open or piece.has("subject"):
        return piece.key("subject") if piece.is_open else None
    if piece.has("ask", "who") and (number == reader.first or reader.language == "tr"):
        return PEOPLE
    key = piece.key("dim")
    return key if key in TABLES_OF_HEADS else None


def _is_participle(piece: Piece, language: str) -> bool:
    """Turkish for those who were hired, who earn."""
    said = piece.text.lower()
    verb = (
        piece.has("event", "hire", "birth", "left", "complete")
        or piece.has("column", "salary")
        or piece.has("work", "take")
    )
    return language == "tr" and piece.is_open and verb and any(one in said for one in ("enler", "anlar"))


def _is_of_project(piece: Piece) -> bool:
    """Projeleri bütçeleriyle, projelerin adlarını: the head is in the attribute."""
    return piece.has("column", "budget") or piece.has("dim", "project_name", "project_code")
