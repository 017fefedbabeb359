"""The values that a question names, with the reading that the words beside them choose: cities, kinds of people, names.

What is made of them is `named`; words that say nothing more beside them are `absorbed`.
"""

from __future__ import annotations

from nl2sql.feminine import is_feminine
from nl2sql.persons import NAMES
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import ONES, Named, NotUnderstoodError, Reader
from nl2sql.text import fold

_PROFESSIONS = ("position", "family", "level")
_OF_EVENTS = ("course", "leave_type")
_COMPLETED = ("project_status", "completed")
_NEAR = 3
"""Pieces between a verb and the period that it is of."""
_OF_PROJECTS, _PROJECTS = ("project_name", "project_code"), ("proje", "project", "проект")
_WORKERS = ("worker", "işçi", "isci")


def read_values(reader: Reader) -> None:
    """Values with the reading that the words beside them choose."""
    others = [
        number
        for number in reader.open("subject", "people", "leave", "training", "contract")
        if reader.pieces[number].text.lower() not in ONES
    ]
    of_events = any(piece.values and piece.values[0][0] in _OF_EVENTS for piece in reader.pieces)
    projects = [number for number, piece in enumerate(reader.pieces) if piece.is_open and _are_projects(piece)]
    about_projects = bool(projects) and not (others or of_events)
    for number, piece in enumerate(reader.pieces):
        if not piece.is_open or not piece.values or piece.has("compare"):
            continue
        near = {reader.dim(one) for step in (-1, 1) if (one := reader.beside(number, step)[1]) is not None}
        readings = [reading for reading in piece.values if reading[0] in near] or list(piece.values)
        if about_projects and readings[0] == _COMPLETED and _is_dated(reader, number):
            piece.values, piece.readings = (), {"event": ("end",)}
            continue
        if piece.readings and readings[0][0] == "project_status":
            # finished, active: of projects if one is named, else what the words say otherwise
            around = [one for step in (-1, 1) if (one := reader.beside(number, step)[1]) is not None]
            around += [reader.beside(place, 1)[1] or piece for place in _each_after(reader, number)]
            if not (about_projects or any(map(_are_projects, around))):
                continue
        if readings[0][0] == "project_status" and not projects:
            continue
        attribute, value = readings[0]
        if attribute in NAMES:
            _read_name(reader, number, readings)
            continue
        reader.values.append(Named(piece, attribute, value, number, negated=piece.has("denied")))
        if reader.language == "ru" and attribute in _PROFESSIONS and is_feminine(piece.text):
            reader.values.append(Named(piece, "gender", "F", number))
        reader.use(number)


def _is_dated(reader: Reader, number: int) -> bool:
    """Projects finished before 2015, 2013'te tamamlanan projeler: an end that a period is about, and no state."""
    if not reader.pieces[number].has("event"):
        return False
    step = -1 if reader.language == "tr" else 1
    spans = [span.position for span in reader.quantities.spans]
    place = number
    for _ in range(_NEAR):
        place, piece = reader.beside(place, step)
        if place in spans:
            return True
        if piece is None or not (piece.is_used or piece.has("time")):
            return False
    return False


def _are_projects(piece: Piece) -> bool:
    """Projects, the budgets of projects, projelerin adı: a word for them, perhaps with one of their attributes."""
    owned = piece.has("column", "budget") and piece.text.lower().startswith(_PROJECTS)
    return owned or piece.has("subject", "project") or piece.has("dim", *_OF_PROJECTS)


def _each_after(reader: Reader, number: int) -> list[int]:
    """Devam eden her proje: the word for each that stands between."""
    place, piece = reader.beside(number, 1)
    return [place] if reader.language == "tr" and piece is not None and piece.has("group", "before") else []


def _read_name(reader: Reader, number: int, readings: list[tuple[str, str]]) -> None:
    """Somebody's first or last name; what may be either is told by the name beside it."""
    attributes = list(dict.fromkeys(attribute for attribute, _ in readings))
    if len(attributes) > 1:
        step = next((step for step in (1, -1) if _is_name(reader.beside(number, step)[1])), None)
        if step is None:
            raise NotUnderstoodError("a name that is a first and a last name")
        attributes = [NAMES[0] if step == 1 else NAMES[1]]
    for attribute, value in readings:
        if attribute == attributes[0]:
            reader.values.append(Named(reader.pieces[number], attribute, value, number))
    reader.use(number)


def _is_name(piece: Piece | None) -> bool:
    return piece is not None and bool(piece.values) and piece.values[0][0] in NAMES


def read_workers(reader: Reader) -> None:
    """Specialists and workers: a level beside another one, not people."""
    if any(value.attribute == "level" for value in reader.values):
        for number in reader.open("subject", "people"):
            if fold(reader.pieces[number].text).startswith(_WORKERS):
                reader.values.append(Named(reader.pieces[number], "level", "worker", number))
                reader.use(number)


def join_alternatives(reader: Reader) -> None:
    """In Moscow or Kazan; "or" between anything else is not understood."""
    for number in reader.open("conjunction", "or"):
        named = {reader.beside(number, step)[0]: step for step in (-1, 1)}
        attributes = [value.attribute for value in reader.values if value.position in named]
        if len(attributes) == len(named) and len(set(attributes)) == 1:
            reader.use(number)


def read_names(reader: Reader) -> None:
    """People called Olga, adı Olga olan, по имени Olga: the words that say that something is a name."""
    names = {value.position for value in reader.values if value.attribute in NAMES}
    firsts = {value.position for value in reader.values if value.attribute == "first_name"}
    if len(firsts) > 1 and names - firsts:
        raise NotUnderstoodError("several persons")
    for number in reader.open("named"):
        if any(reader.beside(number, step)[0] in names for step in (1, -1)):
            reader.use(number)
