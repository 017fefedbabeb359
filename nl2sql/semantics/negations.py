"""What a question says must not be: the value, the event or the attribute that each negation denies."""

from __future__ import annotations

import re

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import (
    CONTRACT,
    EVIDENCE,
    GROUPS,
    LEAVE,
    OF_PERSONS,
    PEOPLE,
    PROJECT,
    REACH,
    TABLES_OF_DIMS,
    TRAINING,
    Facts,
)
from nl2sql.semantics.leavers import WITH
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_WITHOUT = ("without", "без")
"""They deny what follows, and nothing before: the salaries in Legal, without names."""
_VERBAL = re.compile(r"(?:have|has|had|do|does|did|never)\b", re.IGNORECASE)
_OFFICES = ("office", "ofis", "офис")
_BUT = ("but", "но", "ama", "fakat")
_DENIED_DIMS = ("patronymic", "department", "position", "city", "gender")


def find_negations(reader: Reader, facts: Facts) -> None:
    """Bind every negation to the value, the event or the attribute that it denies."""
    if facts.inner and PEOPLE not in facts.anti and not reader.open("negation", "nobody"):
        raise NotUnderstoodError("nobody, but where is not said")
    _keep_without(reader, facts)
    steps: tuple[int, ...] = (-1, 1) if reader.language == "tr" else (1, -1)
    # "hiç … olmayan" denies once: the word that says how comes after the one that says what
    for number in sorted(reader.open("negation"), key=lambda n: reader.pieces[n].has("negation", "never")):
        piece = reader.pieces[number]
        if piece.is_used:
            continue
        if piece.has("negation", "nobody"):
            facts.anti[PEOPLE] = number
        if piece.has("negation", "never", "nobody") and facts.anti:
            reader.use(number)
            continue
        order = steps[::-1] if piece.text.lower().startswith("hiç") else steps  # it comes first, as in other languages
        if piece.text.lower() in _WITHOUT:
            order = steps[:1]
        if not (any(_deny(reader, facts, number, step) for step in order) or facts.anti):
            raise NotUnderstoodError("a negation of what is not said")
        behind = reader.beside(number, -1)[1]
        denied = (PROJECT in facts.anti and _lists_groups(reader)) or any(value.negated for value in reader.values)
        if behind is not None and behind.text.lower() in _BUT and not denied:
            raise NotUnderstoodError("something that is there but lacks another")
        reader.use(number)


def _keep_without(reader: Reader, facts: Facts) -> None:
    """By project, including those without a project: a group of its own, and no condition."""
    step = -1 if reader.language == "tr" else 1
    for number, piece in enumerate(reader.pieces):
        if piece.text.lower() not in WITH:
            continue
        place, found = number, []
        for _ in range(REACH):
            place, beside = reader.beside(place, step)
            if beside is None:
                break
            found.append(place)
        denied = [n for n in found if reader.pieces[n].has("negation")]
        keys = [n for n in found if reader.dim(reader.pieces[n]) in reader.keys]
        if denied and keys:
            people = [n for n in found if reader.pieces[n].has("subject", PEOPLE) or reader.pieces[n].has("ask", "who")]
            reader.use(number, denied[0], keys[0], *people)
            reader.pieces[denied[0]].readings = {"filler": ("filler",)}  # nothing is denied
            facts.keeps_unknown = True


def _lists_groups(reader: Reader) -> bool:
    """Cities with staff but no project, with offices but no project: the groups stand before what they have."""
    offices = [n for n, piece in enumerate(reader.pieces) if piece.text.lower().startswith(_OFFICES)]
    had = reader.open("subject", PEOPLE) or offices
    return bool(had) and any(reader.dim(piece) in GROUPS for piece in reader.pieces[: had[0]])


def _deny(reader: Reader, facts: Facts, number: int, step: int) -> bool:
    place = number
    for _ in range(REACH):
        place, piece = reader.beside(place, step)
        if piece is None:
            return False
        if piece.has("negation"):
            reader.use(place)
        elif named := [value for value in reader.values if value.position == place]:
            verbal = step == -1 and _VERBAL.match(
                reader.pieces[number].text
            )  # welders have never: not that they are some
            return not verbal and _deny_value(reader, facts, number, named[0].attribute)
        elif piece.is_used or (piece.is_quiet and not piece.has("subject")):
            continue
        elif reader.dim(piece) in TABLES_OF_DIMS and _is_asked_which(reader, place):
            facts.anti[PEOPLE] = number  # hangi pozisyonlar yok
            return True
        elif key := _denied(reader, piece):
            facts.anti[key] = number
            reader.use(place)
            return True
        elif piece.has("event", "left"):
            raise NotUnderstoodError("who has not left")
        elif not piece.has("event"):
            return False
    return False


def _deny_value(reader: Reader, facts: Facts, number: int, attribute: str) -> bool:
    """Never had sick leave is about leave; not in Moscow or Kazan is about both cities."""
    for subject in (LEAVE, TRAINING):
        if attribute in EVIDENCE[subject][0] and _has_others(reader, number, attribute):
            return True
        if attribute in EVIDENCE[subject][0]:
            facts.anti[subject] = number
            reader.use(*reader.open("subject", subject))
            return True
    if reader.pieces[number].has("negation", "never") and attribute not in OF_PERSONS:
        return False
    if attribute in NAMES and {value.attribute for value in reader.values} >= set(NAMES):
        raise NotUnderstoodError("everybody but one person")
    for value in reader.values:
        value.negated |= value.attribute == attribute
    return True


def _has_others(reader: Reader, number: int, attribute: str) -> bool:
    """First Aid but not Fire Safety: only what stands beside the negation is denied."""
    own = sorted((value for value in reader.values if value.attribute == attribute), key=lambda one: one.position)
    if len({value.value for value in own}) != 2 or not own[0].position < number or own[0].negated:  # noqa: PLR2004
        return False
    if reader.language != "tr" and number > own[1].position:
        return False
    if reader.language != "tr" and any(piece.has("negation") for piece in reader.pieces[: own[0].position]):
        raise NotUnderstoodError("several denied, or one of them")
    if reader.language == "tr" and not own[1].position < number:
        raise NotUnderstoodError("several denied, or one of them")
    own[1].negated = True
    return True


def _is_asked_which(reader: Reader, place: int) -> bool:
    behind = reader.beside(place, -1)[1]
    return behind is not None and behind.has("ask", "which") and reader.language == "tr"


def _denied(reader: Reader, piece: Piece) -> str | None:
    """What a piece says must not exist: training, projects, an end date, a patronymic."""
    if piece.has("event", "end") and reader.open("subject", CONTRACT, PROJECT):
        return "end"
    if piece.has("subject", LEAVE, TRAINING, PEOPLE, PROJECT):
        return piece.key("subject")
    return piece.key("dim") if piece.has("dim", *_DENIED_DIMS) else None
