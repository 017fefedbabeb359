"""How long something lasts, asked without the unit that it is told in: сколько длится отпуск, proje ne kadar sürdü.

Lengths are told in days, so that is what is asked for. How long people have been here is a column of theirs.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.language import Language
from nl2sql.semantics.pieces import Piece

_LASTS: Final = {
    "ru": re.compile(r"(?:про)?дл(?:ит|ил)\w*|продолжа\w+|ш[её]л|шла|ид[её]т"),
    "tr": re.compile(r"sür(?:dü|er|üyor|müş|mekte)\w*"),
}
_ASKS: Final = {"ru": ("сколько", "как долго"), "tr": ("ne kadar", "kadar")}
_DAYS: Final = {"ru": "дней", "tr": "gün"}
_STILL: Final = ("идёт", "идет")
"""What still goes on has no length."""
_PASSED: Final = ("agg", "filler", "time")
_EVENTS: Final = ("course", "leave_type", "project", "contract_type", "project_status")


def read_how_long(pieces: list[Piece], language: Language) -> None:
    """Put the unit in."""
    if language not in _LASTS:
        return
    for asked in [piece for piece in pieces if piece.text.lower() in _ASKS[language]]:
        place = pieces.index(asked)
        lasts = next((one for one in pieces[place + 1 :] if not any(map(one.has, _PASSED)) or one.values), None)
        if lasts is None or not _LASTS[language].fullmatch(lasts.text.lower()) or not _is_of_event(pieces):
            continue
        if not _is_of_one_or_average(pieces) or lasts.text.lower() in _STILL:
            asked.readings = {}  # of each, or of all together? until when?
            continue
        asked.readings = {"ask": ("count",)}
        lasts.readings, lasts.values = {"work": ("take",)}, ()
        pieces.insert(place + 1, Piece(_DAYS[language], asked.end, asked.end, {"column": ("days",), "unit": ("day",)}))


def _is_of_one_or_average(pieces: list[Piece]) -> bool:
    """Whether a project is named, or it is said which length of several is meant."""
    named = any(attribute == "project" for piece in pieces for attribute, _ in piece.values)
    return named or any(piece.has("agg") or piece.has("rank") for piece in pieces)


def _is_of_event(pieces: list[Piece]) -> bool:
    """Leave, a course, a project, a contract: what has a length."""
    named = {attribute for piece in pieces for attribute, _ in piece.values}
    return bool(named & set(_EVENTS)) or any(
        piece.has("subject", "leave", "training", "project", "contract") for piece in pieces
    )
