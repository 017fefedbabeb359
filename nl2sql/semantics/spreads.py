"""A range that is asked for: the salary range of welders is the lowest and the highest of their salaries.

It is read before anything else of a question is, as the two figures in words. A range whose ends are said is a condition
(`quantities`), ranges that people are told by are bands (`bands`).
"""

from __future__ import annotations

from typing import Final

from nl2sql.semantics.pieces import Piece

_MEASURED: Final = ("salary", "payroll", "age", "tenure", "budget", "days", "hours", "duration")
_ANY: Final = "any"
_ENDS: Final = ("min", "max")


def read_spreads(pieces: list[Piece]) -> None:
    """Put the two ends of a range in its place."""
    for piece in tuple(pieces):
        if not piece.has("spread"):
            continue
        key, told = piece.key("spread") or _ANY, _is_told(pieces, piece)
        if told and key != _ANY:
            piece.readings = {"column": (key,)}
        if told or _is_grouped(pieces, piece):
            continue
        columns = [one for one in pieces if one.has("column", *_MEASURED) and one is not piece]
        if key == _ANY and len(columns) != 1:
            continue
        if key == _ANY:
            piece.readings = {"filler": ("filler",)}
        else:
            piece.readings = {"column": (key,)}
        _pass_over_which(pieces, piece)
        if not _says_ends(pieces):
            _insert_ends(pieces, columns[0] if key == _ANY else piece)


def _is_told(pieces: list[Piece], piece: Piece) -> bool:
    """In the range of 1500 to 2000 dollars: between what is said."""
    number = pieces.index(piece)
    passed = ("filler", "range", "unit", "time", "compare")
    for row in (pieces[number + 1 :], pieces[:number][::-1]):
        near = next((one for one in row if one.number is not None or not any(map(one.has, passed))), None)
        if near is not None and near.number is not None:
            return True
    return False


def _is_grouped(pieces: list[Piece], piece: Piece) -> bool:
    """People in each salary range, by age range, yaş aralığına göre, the range with the most people."""
    number = pieces.index(piece)
    before, after = pieces[max(number - 1, 0) : number], pieces[number + 1 : number + 2]
    grouped = any(one.has("group", "before") for one in before) or any(one.has("group", "after") for one in after)
    counted = any(one.has("ask", "count", "count_after", "share", "distribution") for one in pieces if one is not piece)
    ranked = any(one.has("rank") for one in pieces) and not _says_ends(pieces)
    return grouped or counted or ranked or any(one.has("agg", "avg", "sum", "median") for one in pieces)


def _says_ends(pieces: list[Piece]) -> bool:
    """Whether the lowest and the highest are spoken of beside the range."""
    said = {key.partition(":")[0] for one in pieces for kind in ("rank", "agg") for key in one.readings.get(kind, ())}
    return set(_ENDS) <= said


def _pass_over_which(pieces: list[Piece], piece: Piece) -> None:
    """In what range, в каком диапазоне: nothing else is asked."""
    number = pieces.index(piece)
    if number and pieces[number - 1].has("ask", "which", "what"):
        pieces[number - 1].readings = {"filler": ("filler",)}


def _insert_ends(pieces: list[Piece], column: Piece) -> None:
    place, start = pieces.index(column), column.start
    lowest, highest = (Piece(end, start, start, {"agg": (end,)}) for end in _ENDS)
    pieces[place:place] = [lowest, Piece("and", start, start, {"conjunction": ("and",)}), highest]
