"""Whether every number of a question is in its statement: one that was used up on the way is a condition that got lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_TIMES: Final = (1, 7, 12, 30, 365, 10**3, 10**6, 10**9)
"""Weeks, months and years that are told in days or months, and thousands."""
_END_OF_MONTH: Final = 28
"""Until the 31st is before the next month."""
_YEARS: Final = (1900, 2100)
_DECADES: Final = "age_decade"
"""Bands have no numbers of their own: 20–29, 30–39 and so on."""


def check_numbers(pieces: Sequence[Piece], sql: str) -> None:
    """Refuse a statement without a number of the question.

    Raises:
        NotUnderstoodError: one is missing.
    """
    shown = {Decimal(found) for found in _NUMBER.findall(sql)} - {1}  # EXISTS(SELECT 1 …): one says nothing
    said = [piece for piece in pieces if piece.number is not None and piece.number > 1]
    reckoned = {number for pair in _anniversaries(pieces, shown) for number in pair}
    is_dated = any(piece.has("calendar") for piece in pieces)
    for piece in said:
        number = piece.number or Decimal()
        ends = is_dated and _END_OF_MONTH <= number <= _END_OF_MONTH + 3
        if not (_is_shown(number, shown) or number in reckoned or ends or _DECADES in sql):
            raise NotUnderstoodError(f"{piece.text}, which the statement does not say")


def _is_shown(number: Decimal, shown: set[Decimal]) -> bool:
    """Also next to it (over 40 is at least 41), multiplied, or as hundredths."""
    hundredths = {number / 100, 1 + number / 100, 1 - number / 100}
    return bool(shown & hundredths) or any(abs(one - number * times) <= 1 for one in shown for times in _TIMES)


def _anniversaries(pieces: Sequence[Piece], shown: set[Decimal]) -> Iterator[tuple[Decimal, Decimal]]:
    """Who turns 50 in 2027, or has a jubilee that is called so, was born in 1977."""
    numbers = [piece.number for piece in pieces if piece.number is not None]
    numbers += [Decimal(key) for piece in pieces for key in piece.readings.get("jubilee", ()) if key.isdigit()]
    years = [number for number in numbers if _YEARS[0] < number < _YEARS[1]]
    yield from ((year, number) for year in years for number in numbers if year - number in shown)
