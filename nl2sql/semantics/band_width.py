"""How wide the bands are that a question speaks of: 500 dollars, five years. What is told in them is `bands`."""

from __future__ import annotations

from decimal import Decimal

from nl2sql.semantics.pieces import Line

AGES = "age_decade"
"""The attribute of groups by age that need no width."""
_NEAR = 4
"""Pieces between a band and its width."""


def width_of_bands(line: Line) -> int | None:
    """How wide bands are, if a question speaks of any; what says so is used."""
    pieces = line.pieces
    words = [n for n, piece in enumerate(pieces) if piece.is_open and (piece.has("band") or piece.has("dim", AGES))]
    for piece in pieces:
        if piece.has("width") and piece.is_open:
            piece.number = Decimal(piece.key("width") or 0)  # пятилетний, beşer
    widths = [n for n, piece in enumerate(pieces) if piece.is_open and piece.number is not None]
    near = [n for n in widths if any(abs(n - word) <= _NEAR for word in words)]
    if len(near) != 1 or (pieces[near[0]].number or 0) % 1 or not pieces[near[0]].number:
        return None
    place, unit = line.beside(near[0], 1)
    is_measured = unit is not None and unit.is_open and unit.has("unit", "usd", "year")
    is_adjective = pieces[near[0]].has("width")
    if not (is_measured or is_adjective):
        return None
    line.use(pieces[near[0]], *(piece for piece in pieces if piece.has("band")))
    if is_measured:
        line.use(pieces[place])
    _, before = line.beside(near[0], -1)
    if before is not None and before.has("group", "before"):
        line.use(before)  # на интервалы по 200 долларов
    return int(pieces[near[0]].number or 0)
