"""Questions whose words are all known, but that ask for what no table has.

Hours worked, what trainings cost, when somebody left and how long those served who left, whose manager somebody is, and
what is still to come of what is recorded only when it has been.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, TRAINING
from nl2sql.semantics.periods import find_periods
from nl2sql.semantics.pieces import Line, Piece

_WORKED = re.compile(
    r"work(s|ed|ing)?|çalış(tı|mış|ıyor|ılan|ıldı|ılmış)\w*|mesai\w*|(от)?работа(л|ет|ют|в)\w*", re.IGNORECASE
)
_TRAINED = ("train", "eğit", "обуч", "уч", "course", "kurs", "курс")
_COSTS = ("cost", "maliyet", "стои")
_RECORDED = ("hire", "birth", "start", "end", "complete")
"""Events with a date."""
_DATED_VALUES = ("leave_type", "course")
_LEAVES = re.compile(
    r"when (did|do|does|will)\b.*(?<!\btake)(?<!\bhave)(?<!\bon)(?<!\bannual)(?<!\bsick)(?<!\bparental) leave\W*$",
    re.IGNORECASE,
)
"""Somebody left for good, and took no leave."""
_REASONS = ("reason", "neden", "sebe", "причин")
_WHOSE = frozenset(
    {"their", "his", "her", "its", "whose", "our", "их", "его", "её", "ее", "своим", "своими", "своего", "своих"}
)
_WITH_THEIRS = re.compile(r"(yöneticileriyle|yöneticisiyle|yönetici(leri|si)ni|müdürleriyle|müdürüyle)", re.IGNORECASE)


def find_unknowable(pieces: Sequence[Piece], text: str) -> tuple[Literal["absent", "future"], Piece] | None:
    """What is asked for that is not there: the kind of reason, and the word that says it."""
    found = _hours_worked(pieces) or _cost_of_events(pieces) or _manager_of(pieces) or _progress(pieces)
    found = found or _leaving(pieces, text)
    if found is not None:
        return "absent", found
    coming = _yet_to_come(pieces)
    return None if coming is None else ("future", coming)


def _hours_worked(pieces: Sequence[Piece]) -> Piece | None:
    """How many hours did welders work; hours are those of trainings alone."""
    trained = any(
        piece.has("subject", TRAINING)
        or any(attribute == "course" for attribute, _ in piece.values)
        or any(word in piece.text.lower() for word in _TRAINED)
        for piece in pieces
    )
    away = any(piece.has("subject", LEAVE, PROJECT, "contract") or _is_of_event(piece) for piece in pieces)
    amounts = ("hours",) if away else ("hours", "days")
    if trained or not any(piece.has("column", *amounts) or piece.has("unit", "hour") for piece in pieces):
        return None
    return next((piece for piece in pieces if not piece.values and _WORKED.fullmatch(piece.text)), None)


def _cost_of_events(pieces: Sequence[Piece]) -> Piece | None:
    """How much did the trainings cost; people and projects have figures of money, events have none."""
    if not any(piece.has("subject", TRAINING, LEAVE) or _is_of_event(piece) for piece in pieces):
        return None
    others = any(piece.has("subject", PEOPLE, PROJECT) or piece.has("column", "budget") for piece in pieces)
    costs = [piece for piece in pieces if piece.text.lower().startswith(_COSTS)]
    return costs[0] if costs and not others else None


def _is_of_event(piece: Piece) -> bool:
    return any(attribute in _DATED_VALUES for attribute, _ in piece.values)


def _progress(pieces: Sequence[Piece]) -> Piece | None:
    """What percentage of a project is finished."""
    people = any(piece.has("subject", PEOPLE, TRAINING) or piece.has("ask", "count") for piece in pieces)
    named = any(attribute == "project" for piece in pieces for attribute, _ in piece.values)
    if people or not named or not any(piece.has("ask", "share") for piece in pieces):
        return None
    done = [
        piece for piece in pieces if ("project_status", "completed") in piece.values or piece.has("event", "complete")
    ]
    return done[0] if done else None


def _manager_of(pieces: Sequence[Piece]) -> Piece | None:
    """Employees with their manager; who is Ivan Petrov's manager."""
    named = {attribute for piece in pieces for attribute, _ in piece.values}
    for number, piece in enumerate(pieces):
        if not any(value == "manager" for _, value in piece.values):
            continue
        behind = pieces[number - 1] if number else None
        of_somebody = behind is not None and behind.text.lower() in _WHOSE
        asked = any(one.has("ask", "who") for one in pieces)
        ahead = pieces[number + 1] if number + 1 < len(pieces) else None
        of_trade = ahead is not None and any(attribute == "position" for attribute, _ in ahead.values)
        of_person = asked and (set(NAMES) <= named or of_trade)
        if of_somebody or of_person or _WITH_THEIRS.fullmatch(piece.text):
            return piece
    return None


def _leaving(pieces: Sequence[Piece], text: str) -> Piece | None:
    """When they left is not recorded, so neither is how long they stayed."""
    if _LEAVES.search(text):
        return next((piece for piece in pieces if piece.text.lower() == "leave"), None)
    left = next((piece for piece in pieces if piece.has("event", "left")), None)
    reasons = [piece for piece in pieces if piece.text.lower().startswith(_REASONS)]
    if left is not None and reasons:
        return reasons[0]
    if left is None or _has_dates(pieces):
        return None
    asked = any(piece.has("ask", "when") or piece.has("column", "tenure") for piece in pieces)
    asked |= any(one.has("ask", "count") and two.has("dim", "year") for one, two in pairwise(pieces))
    return left if asked or find_periods(Line(pieces, text)) else None


def _has_dates(pieces: Sequence[Piece]) -> bool:
    """Whether something else is spoken of that has a date."""
    return any(
        piece.has("event", *_RECORDED) or piece.has("subject", LEAVE, TRAINING, "contract") or _is_of_event(piece)
        for piece in pieces
    )


def _yet_to_come(pieces: Sequence[Piece]) -> Piece | None:
    """Who gets a raise next year; what is planned has dates in the future: leave, contracts, projects, birthdays."""
    planned = any(
        piece.has("subject", LEAVE, PROJECT, "contract")
        or piece.has("event", "start", "end", "birth")
        or piece.has("turn")
        or piece.has("jubilee")
        or piece.has("tense")
        or piece.has("date")
        or piece.has("column", "age", "tenure")
        or any(attribute in ("leave_type", "contract_type", "project_status") for attribute, _ in piece.values)
        for piece in pieces
    )
    coming = [piece for piece in pieces if piece.has("time", "next") and not piece.has("dim")]
    happens = any(
        piece.has("event", "hire", "left", "complete") or piece.has("column", "raise", "salary", "payroll")
        for piece in pieces
    )
    return coming[0] if coming and happens and not planned else None
