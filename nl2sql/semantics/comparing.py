"""Comparing words without a number: "more than", "altında", "выше", "more women than"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nl2sql.plan import Comparison
from nl2sql.semantics.reader import Reader

_OPERATORS: Mapping[str, Comparison] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "="}
_FALLS = (
    "decreas",
    "drop",
    "declin",
    "went down",
    "go down",
    "fell",
    "fall",
    "shrank",
    "сниз",
    "упа",
    "уменьш",
    "сократ",
    "azal",
    "düş",
)
_RISES = (
    "grow",
    "grew",
    "increas",
    "risen",
    "rose",
    "went up",
    "go up",
    "вырос",
    "вырас",
    "увелич",
    "подня",
    "artan",
    "artt",
    "artm",
    "büyüd",
    "yüksel",
)
"""How words begin that say that something became less, or more."""
_THAN = "than"
_AS = "as"
"""As many women as men."""
_EQUALLY = ("поровну", "столько", "ровно столько", "одинаков", "равное")
"""How words begin that hold two figures against each other; exactly and just stand with numbers."""
_COMPARED = ("compared with", "compared to", "in comparison with")
_OF = "от"


@dataclass(frozen=True)
class Comparing:
    """A word that compares what is asked about with a standard."""

    positions: tuple[int, ...]
    """Its pieces: "more" and "than" may stand apart."""
    start: int
    """Where the standard is told: right after it, in Turkish right before."""
    step: Literal[-1, 1]
    operator: Comparison
    attribute: str | None
    """What the word itself says: older is about age."""


def find_comparing(reader: Reader) -> list[Comparing]:
    """All of them that are still open."""
    found = []
    for kind, step in (("compare", 1), ("compare_after", -1)):
        for number in reader.open(kind):
            piece = reader.pieces[number]
            if piece.has("agg") or (piece.text.lower() == _OF and reader.open("ask", "share")):
                continue  # average and maximum: a figure beside another one; сколько процентов от
            if piece.has(kind, "eq") and not piece.text.lower().startswith(_EQUALLY):
                continue
            made = _made(reader.pieces[number].key(kind) or "", (number,), number, step)
            found += [made] if made is not None else []
    words = reader.open("comparative")
    for number, piece in enumerate(reader.pieces):
        before = [other for other in words if other < number]
        than = piece.text.lower() in (_THAN, *_COMPARED)
        equal = piece.text.lower() == _AS and bool(before) and reader.pieces[before[-1]].has("comparative", "eq")
        if equal and not found:
            found.append(Comparing((before[-1], number), number, 1, "=", None))
        if than and before and not found:
            made = _made(reader.pieces[before[-1]].key("comparative") or "", (before[-1], number), number, 1)
            found += [made] if made is not None else []
    return found


def _made(key: str, positions: tuple[int, ...], start: int, step: int) -> Comparing | None:
    operator, _, attribute = key.partition(":")
    if operator not in _OPERATORS:
        return None
    return Comparing(positions, start, 1 if step == 1 else -1, _OPERATORS[operator], attribute or None)


def direction_of(said: str) -> Comparison | None:
    """Went down, grew: whether what came later is less or more."""
    if said.startswith(_FALLS):
        return "<"
    return ">" if said.startswith(_RISES) else None
