"""Rankings of a question: "the top five", "the oldest", "the second largest", "takes third place by".

What rows or groups are ranked by is decided later, by those who know the rest of the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from nl2sql.semantics.moments import ORDINAL_ENDINGS
from nl2sql.semantics.pieces import Line, Piece

_PLACES = 20
"""The last place that is asked for."""
_SUPERLATIVE = "наи"
"""How superlatives begin that have the dictionary form of a comparing word."""


@dataclass(frozen=True)
class Rank:
    """Which come first."""

    position: int
    descending: bool
    attribute: str | None
    """What the word itself says: the oldest are so by age."""
    count: int | None
    place: int = 1
    """The second largest has 2; with a count it is the first of several places."""


def find_ranks(line: Line) -> list[Rank]:
    """Find them, and mark what they were made of as used."""
    ranks = [_rank(line, number) for number, piece in enumerate(line.pieces) if piece.is_open and _is_rank(piece)]
    ranks = _placed(line, ranks)
    left = [piece for piece in line.pieces if piece.is_open and piece.number is not None and not piece.number % 1]
    if len(left) == 1 and len(ranks) == 1 and ranks[0].count is None and ranks[0].place == 1:
        # the three departments with the highest pay: a number that stands apart
        ranks = [replace(ranks[0], count=int(left[0].number or 1))]
        line.use(left[0])
    return ranks


def _is_rank(piece: Piece) -> bool:
    """A comparing word may have the same dictionary form: ниже is no самый низкий, but наибольший is no больше.

    Активный may be a value.
    """
    superlative = piece.text.lower().startswith(_SUPERLATIVE)
    return piece.has("rank") and not piece.values and (superlative or not piece.has("compare", "gt", "lt"))


def _rank(line: Line, number: int) -> Rank:
    """The highest, the oldest, the top five, the five largest."""
    piece = line.pieces[number]
    key = piece.key("rank") or "max"
    direction, _, attribute = key.partition(":")
    count = None
    for step in (1, -1):
        beside = line.beside(number, step)[1]
        if (
            beside is not None
            and beside.is_open
            and beside.number is not None
            and not beside.number % 1
            and not _is_place(line, line.beside(number, step)[0])
        ):
            count = int(beside.number)
            line.use(beside)
            break
    line.use(piece)
    return Rank(number, direction == "max", attribute or None, count, int(piece.key("ordinal") or 1))


def _placed(line: Line, ranks: list[Rank]) -> list[Rank]:
    """An ordinal number is the place of the one ranking; without another it ranks by what the question names."""
    places = [(number, place) for number, piece in enumerate(line.pieces) if (place := _place(line, number, piece))]
    if not places or len(ranks) > 1 or not _is_row(line, places):
        return ranks
    number, place = places[0]
    if ranks and (ranks[0].place > 1 or ranks[0].count is not None):
        return ranks
    if not ranks and not (_says_place(line, number) or _says_order(line.pieces)):
        return ranks
    for one, _ in places:
        line.use(line.pieces[one], *_place_words(line, one))
    count = len(places) if len(places) > 1 else None
    return [replace(ranks[0], place=place, count=count)] if ranks else [Rank(number, True, None, count, place)]


def _is_row(line: Line, places: Sequence[tuple[int, int]]) -> bool:
    """The second and the third: places that follow each other."""
    for (one, place), (other, following) in pairwise(places):
        between = line.pieces[one + 1 : other]
        joined = (
            any(piece.has("conjunction", "and") for piece in between)
            or "," in line.text[line.pieces[one].end : line.pieces[other].start]
        )
        if following != place + 1 or not joined or not all(_is_joint(piece) for piece in between):
            return False
    return True


def _is_joint(piece: Piece) -> bool:
    return piece.is_filler or piece.has("conjunction", "and") or piece.has("place")


def _place(line: Line, number: int, piece: Piece) -> int | None:
    if not piece.is_open:
        return None
    if piece.has("ordinal"):
        return int(piece.key("ordinal") or 1)
    return int(piece.number or 0) if _is_place(line, number) else None


def _is_place(line: Line, number: int) -> bool:
    """2. sırada, на 3-м месте: a number with the word for places."""
    piece = line.pieces[number]
    return piece.number is not None and 1 < piece.number <= _PLACES and _says_place(line, number)


def _says_place(line: Line, number: int) -> bool:
    return any(one.has("place") for one in _place_words(line, number))


def _place_words(line: Line, number: int) -> Sequence[Piece]:
    """The words for places beside a number, and the ending between: 3-е место."""
    found = []
    for step in (1, -1):
        ahead, beside = line.beside(number, step)
        if step == 1 and beside is not None and beside.text.lower() in ORDINAL_ENDINGS and line.is_dashed(number):
            found.append(beside)
            beside = line.beside(ahead, step)[1]
        if beside is not None and beside.is_open and beside.has("place"):
            found.append(beside)
    return found


def _says_order(pieces: Sequence[Piece]) -> bool:
    kinds = ("group", "column", "agg")
    by = [piece for piece in pieces if piece.text.lower().split()[:1] in (["by"], ["по"])]
    return any(piece.has("group", "after") or piece.has("order", "sorted") for piece in pieces) or any(
        any(map(piece.has, kinds)) for piece in by
    )
