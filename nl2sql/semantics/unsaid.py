"""Amounts of time that are told by less than they are: longer than a year, contracts that end within three months.

One of the unit is meant, and the months to come. How periods are read otherwise is `periods`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from nl2sql.language import Language
from nl2sql.semantics.known_dates import EXPIRED
from nl2sql.semantics.pieces import Piece

_ONE_UNIT: Final = frozenset({"year", "month", "week", "года", "месяца", "недели"})
_AMOUNTS: Final = ("gt", "lt", "ge", "le", "gt:tenure", "lt:tenure", "ge:tenure", "le:tenure")
_ARTICLES: Final = frozenset({"a", "an"})
_WITHIN: Final = {"en": ("within",), "tr": ("içinde", "içerisinde"), "ru": ("в течение",)}
_SPANS: Final = ("day", "week", "month", "year")
_PAIR: Final = 2
"""A number and its unit."""


def read_one_unit(pieces: list[Piece], language: Language) -> None:
    """Longer than a year, больше года: than one of them."""
    for unit in tuple(pieces):
        place = pieces.index(unit)
        article = pieces[place - 1] if language == "en" and place else None
        compared = pieces[place - 1 - (article is not None)] if place > (article is not None) else None
        follows = pieces[place + 1 : place + 2]
        if (
            unit.text.lower() not in _ONE_UNIT
            or compared is None
            or not compared.has("compare", *_AMOUNTS)
            or (article is not None and article.text.lower() not in _ARTICLES)
            or (follows and follows[0].number is not None)
        ):
            continue
        if article is not None:
            article.number, article.readings = Decimal(1), {"number": ("1",)}
        elif language == "ru":
            pieces.insert(place, Piece("1", unit.start, unit.start, {"number": ("1",)}, number=Decimal(1)))


def read_within(pieces: list[Piece], language: Language) -> None:
    """Whose contract ends within three months, 3 ay içinde bitecek: in the next ones."""
    verbs = [piece for piece in pieces if piece.has("event", "end")]
    contracts = any(
        piece.has("subject", "contract") or any(key == "contract_type" for key, _ in piece.values) for piece in pieces
    )
    ends = contracts and bool(verbs) and not any(piece.text.lower().startswith(EXPIRED) for piece in verbs)
    for within in [piece for piece in pieces if piece.text.lower() in _WITHIN[language]]:
        place = pieces.index(within)
        number = place - 2 if language == "tr" else place + 1
        told = pieces[max(number, 0) : number + 2]
        if not ends or len(told) < _PAIR or told[0].number is None or not told[1].has("unit", *_SPANS):
            continue
        if any(piece.has("time", "next") for piece in pieces) or any(piece.has("event", "hire") for piece in pieces):
            continue  # within three months of being hired
        following: dict[str, tuple[str, ...]] = {"time": ("next",)}
        if language == "tr":
            pieces.insert(number, Piece("önümüzdeki", told[0].start, told[0].start, following))
        else:
            within.readings = following
