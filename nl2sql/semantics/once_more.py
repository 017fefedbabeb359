"""Words that ask in two pieces, and the same thing once more: read before anything else of a question is.

How many in 2025 and how many in 2026 is one question of two periods; how many years *on average* is an age that other
words stand inside of.
"""

from __future__ import annotations

from collections.abc import Sequence

from nl2sql.semantics.pieces import Line, Piece

_ASKS = frozenset({"сколько", "how many", "how much"})
_BY_HOW_MUCH = frozenset({"на сколько", "насколько"})
_LONGER = ("compare", "compare_after", "comparative", "versus")
_DIFFERS = ("отлич", "разн", "раньше", "позже", "дольше", "длиннее", "короче")
_YEARS = frozenset({"лет"})
_WORKS = ("работа", "труд", "служ", "прорабо", "отрабо")
_RELATIVE = ("кто", "котор")


def read_once_more(pieces: Sequence[Piece], text: str) -> None:
    """Give such words the readings that they have together."""
    line = Line(pieces, text)
    for number, piece in enumerate(pieces):
        said = piece.text.lower()
        if said in _ASKS and piece.has("ask", "count", "much"):
            _read_again(line, number)
        elif said in _BY_HOW_MUCH:
            _read_length(line, number)
        elif piece.has("agg", "avg"):
            _read_years(line, number)


def _read_again(line: Line, number: int) -> None:
    """Сколько в 2025 году и сколько в 2026-м: nothing but another period, so each is asked for on its own."""
    joint, after = line.beside(number, -1)[1], _ahead(line, number)
    asked_before = any(piece.text.lower() in _ASKS for piece in line.pieces[:number])
    joined = joint is not None and joint.has("conjunction", "and")
    if asked_before and joined and after is not None and (after.number is not None or after.has("calendar")):
        line.pieces[number].readings = {"ask": ("versus",)}


def _ahead(line: Line, number: int) -> Piece | None:
    """The next piece but for those that only say that a period follows."""
    place, piece = line.beside(number, 1)
    while piece is not None and piece.has("time", "during"):
        place, piece = line.beside(place, 1)
    return piece


def _read_length(line: Line, number: int) -> None:
    """На сколько дней берут отпуск: how many, unless something is longer than something else."""
    after = line.beside(number, 1)[1]
    compares = any(
        any(piece.has(kind) for kind in _LONGER) or piece.text.lower().startswith(_DIFFERS) for piece in line.pieces
    )
    if after is not None and after.has("column", "days") and not compares:
        line.pieces[number].readings = {"ask": ("count",)}


def _read_years(line: Line, number: int) -> None:
    """Сколько в среднем лет сварщикам, сколько лет в среднем они работают."""
    before, after = line.beside(number, -1)[1], line.pieces[number + 1 : number + 2]
    if before is None or not before.has("ask"):
        return
    if before.has("ask", "howlong"):
        years = before
    elif before.has("ask", "count") and after and after[0].text.lower() in _YEARS:
        years = after[0]
        before.readings = {"filler": ("filler",)}
    else:
        return
    years.readings = {"column": ("tenure" if _works(line, number) else "age",)}


def _works(line: Line, number: int) -> bool:
    """Whether the years are those that people have worked, and not those of people who work somewhere."""
    for place in range(number + 1, len(line.pieces)):
        if line.pieces[place].text.lower().startswith(_WORKS):
            return not line.pieces[place - 1].text.lower().startswith(_RELATIVE)
    return False
