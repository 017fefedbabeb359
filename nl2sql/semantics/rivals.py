"""The sides of a question for which of several has more: values of one attribute, or periods of one date.

How such a question is asked, and what is compared, is `which_more`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import QUALITIES
from nl2sql.semantics.reader import Named, Reader
from nl2sql.semantics.sides import part_between
from nl2sql.semantics.spans import Span

_PAIR: Final = 2
_PLACES: Final = ("city", "country", "department", "project")
_ATTRIBUTIVE: Final = "ki"


@dataclass(frozen=True)
class Rivals:
    """What is compared: values of one attribute, or periods of one date."""

    positions: tuple[int, ...]
    attribute: str | None
    """None of periods."""

    @property
    def first(self) -> int:
        """Where the first of them is named."""
        return self.positions[0]

    @property
    def last(self) -> int:
        """Where the last of them is named."""
        return self.positions[-1]


def find_rivals(reader: Reader) -> Rivals | None:
    """The one attribute of which several values are named, or else several periods of one length."""
    named: dict[str, list[Named]] = {}
    for value in sorted(reader.values, key=lambda one: one.position):
        named.setdefault(value.attribute, []).append(value)
    several = [one for one in named.values() if len({value.value for value in one}) > 1]
    if not several:
        return _periods(reader)
    twice = len({value.value for value in several[0]}) < len(several[0])
    of_persons = several[0][0].attribute in NAMES
    if len(several) > 1 or twice or of_persons or any(value.negated for value in several[0]):
        return None
    return Rivals(tuple(value.position for value in several[0]), several[0][0].attribute)


def _periods(reader: Reader) -> Rivals | None:
    spans = _spans(reader)
    alike = len(spans) == _PAIR and bool(spans[0].parts) == bool(spans[1].parts)
    if not alike or part_between(spans) is None:
        return None
    return Rivals(tuple(sorted(span.position for span in spans)), None)


def _spans(reader: Reader) -> list[Span]:
    """All periods, each on its own; a span of two years is two of them if both are named."""
    spans = [one for span in reader.quantities.spans for one in (replace(span, others=()), *span.others)]
    if len(spans) != 1 or not (isinstance(spans[0].low, date) and isinstance(spans[0].high, date)):
        return spans
    (both,), low = spans, spans[0].low
    years = {piece.number: n for n, piece in enumerate(reader.pieces) if piece.number in (low.year, low.year + 1)}
    if len(years) != _PAIR or both.high != date(low.year + 2, 1, 1) or low != date(low.year, 1, 1):
        return spans
    middle = date(low.year + 1, 1, 1)
    return [
        replace(both, high=middle, position=years[Decimal(low.year)]),
        replace(both, low=middle, position=years[Decimal(low.year + 1)]),
    ]


def tell_periods_apart(reader: Reader) -> None:
    """In the one or the other, and a figure for each."""
    pair = _spans(reader)
    part = part_between(pair)
    reader.quantities.spans[:] = [replace(pair[0], others=tuple(pair[1:]))]
    if part is not None:
        reader.keys.append(part)


def is_said_of_all(reader: Reader, sides: Rivals, word: int) -> bool:
    """Whether what else is said holds for every side.

    It stands before or after all of them, is said of each, or says who is counted in places or periods.
    """
    said = [value for value in reader.values if value.position not in sides.positions]
    kinds = sides.attribute in (*_PLACES, None)
    free = [one.position for one in said if (kinds and one.attribute in QUALITIES) or _is_repeated(said, one, sides)]
    places = [one.position for one in said] + [one.position for one in reader.quantities.spans]
    places += [one.position for one in reader.quantities.bounds]
    inside = [n for n in places if sides.first < n < sides.last and n not in (*sides.positions, *free)]
    counted = kinds and sides.first < word < min(inside, default=word)
    behind = reader.pieces[sides.first - 1] if sides.first else None
    attributive = behind is not None and (behind.suffix or behind.text.lower()).endswith(_ATTRIBUTIVE)
    mine = reader.language == "tr" and attributive and sides.first - 1 in [one.position for one in said]
    return (counted or not inside) and not mine  # Kazan'daki kadınlar: they alone


def _is_repeated(said: list[Named], value: Named, sides: Rivals) -> bool:
    """Engineers in Moscow or engineers in Istanbul."""
    return sum((one.attribute, one.value) == (value.attribute, value.value) for one in said) == len(sides.positions)
