"""How many times a figure something is compared with: more than 1.5 times the average, ortalamanın iki katından fazla.

Such a number is no bound of its own; the figure is found by `standards`.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from nl2sql.semantics.comparing import Comparing, find_comparing
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import Reader

_TWICE: Final = ("twice", "double", "вдвое")
_OF_WHOLE: Final = ("company", "firm")
_POSSESSIVES: Final = frozenset({"their", "his", "her", "own"})


def find_multiple(reader: Reader) -> tuple[Comparing, Decimal] | None:
    """The comparison that a number of times belongs to, and the number; it is no bound any more."""
    for bound in reader.quantities.bounds:
        times = bound.unit_piece is not None and bound.unit_piece.has("unit", "times", "multiple")
        times |= reader.pieces[bound.position].text.lower() in _TWICE
        if times and bound.high is None and _is_beside_figure(reader, bound):
            reader.quantities.bounds.remove(bound)
            return _comparing(reader, bound), bound.value
    return None


def _comparing(reader: Reader, bound: Bound) -> Comparing:
    last = _last(reader, bound)
    for other in find_comparing(reader)[:1]:  # превышает более чем в полтора раза
        return replace(other, positions=(*other.positions, last), operator=bound.operator)
    step: Literal[-1, 1] = -1 if reader.language == "tr" else 1
    start = last if step == 1 else bound.position
    return Comparing((last,), start, step, bound.operator, bound.attribute)


def _last(reader: Reader, bound: Bound) -> int:
    """The piece with the unit, or that which says both."""
    return reader.pieces.index(bound.unit_piece) if bound.unit_piece is not None else bound.position


def _is_beside_figure(reader: Reader, bound: Bound) -> bool:
    """Twice the average; who was trained at least twice may have an average asked, too."""
    if find_comparing(reader):
        return True
    place, step = (bound.position, -1) if reader.language == "tr" else (_last(reader, bound), 1)
    place, piece = reader.beside(place, step)
    if piece is not None and piece.text.lower() in _POSSESSIVES:
        place, piece = reader.beside(place, step)
    return piece is not None and (piece.has("agg", "avg", "median") or piece.text.lower().startswith(_OF_WHOLE))
