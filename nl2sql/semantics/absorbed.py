"""Words that say nothing more beside a value: the Finance department, the city of Moscow, the active ones."""

from __future__ import annotations

from collections.abc import Sequence

from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import ONES, Named, Reader

_JOBS = ("position", "job", "role", "post")
_LISTED = ("position", "project")
"""Attributes whose name may begin a list after a value: welders position, city; not: Ankara office, names."""


def absorb(reader: Reader) -> None:
    """Use them up."""
    _absorb_dims(reader)
    _absorb_positions(reader)
    _absorb_ones(reader)
    _absorb_owners_of_codes(reader)


def _absorb_dims(reader: Reader) -> None:
    """The Finance department, the city of Moscow: a value says more than the word beside it."""
    for value in reader.values:
        for step in (1, -1):
            number, piece = reader.beside(value.position, step)
            if step == -1 and piece is not None and piece.text.lower() == "of" and value.attribute == "position":
                number, piece = reader.beside(number, step)  # the position of project manager
            denied = piece is not None and piece.has("negation")
            if denied:
                number, piece = reader.beside(number, step)  # departments other than Construction
            if piece is None or not piece.is_open:
                continue
            behind = reader.beside(number, -1)[1]
            if denied and behind is not None and behind.has("ask", "which"):
                continue  # which departments other than Construction
            grouped = behind is not None and behind.has("group") and step == 1
            if reader.dim(piece) == value.attribute and not grouped and not _begins_list(reader, value, number, step):
                reader.use(number)


def _absorb_positions(reader: Reader) -> None:
    """People in positions of specialist level: those who have the level."""
    people = reader.open("subject", "people")
    counted = bool(reader.open("ask", "count", "count_after"))
    if reader.keys or not people or not (counted or reader.language == "en"):
        return
    for value in reader.values:
        number, piece = reader.beside(value.position, 1)
        if reader.language != "tr":
            places = [n for n in reader.open("dim", "position") if counted and people[0] < n < value.position]
            number = places[-1] if places else -1
            piece = (
                reader.pieces[number] if number >= 0 and _is_of(reader.pieces[number + 1 : value.position]) else None
            )
            further, after = reader.beside(value.position, 1)
            if piece is None and after is not None and people[0] < value.position and after.text.lower() in _JOBS:
                number, piece = further, after  # hold a senior position
        if value.attribute in ("level", "family") and piece is not None and piece.has("dim", "position"):
            reader.use(number)


def _absorb_ones(reader: Reader) -> None:
    """A fixed-term one, the active ones: the noun that was said before."""
    for value in reader.values:
        number, piece = reader.beside(value.position, 1)
        if piece is not None and piece.is_open and reader.language == "en" and piece.text.lower() in ONES:
            reader.use(number)


def _absorb_owners_of_codes(reader: Reader) -> None:
    """The department code: whose code it is says nothing more."""
    for number in reader.open("dim", "code"):
        for step in (-1, 1):
            place, piece = reader.beside(number, step)
            if piece is not None and piece.text.lower() == "of":
                place, piece = reader.beside(place, step)
            if piece is not None and piece.is_open and piece.has("dim", "department"):
                reader.use(place)


def _begins_list(reader: Reader, value: Named, number: int, step: int) -> bool:
    """Whether an attribute after a value is the first of several that are asked for: "welders: position, city"."""
    after = reader.text[value.piece.end : reader.pieces[number].start]
    if step == 1 and any(mark in after for mark in ":,—–"):
        return True
    further, ahead = reader.beside(number, 1)
    if (
        step == -1
        or value.attribute not in _LISTED
        or ahead is None
        or "," not in reader.text[reader.pieces[number].end : ahead.start]
    ):
        return False
    return reader.pieces[further].is_open and any(ahead.has(kind) for kind in ("dim", "date", "column", "title"))


def _is_of(between: Sequence[Piece]) -> bool:
    """Whether nothing but small words stands there."""
    return all(piece.has("filler") or piece.has("negation") for piece in between)
